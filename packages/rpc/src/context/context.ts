import { AsyncLocalStorage } from 'node:async_hooks'
import type { Filter, Reply } from '@kumquat/core'
import type { ServedCall } from '../transport.ts'

/**
 * The call that this code is serving, through every `await`; nothing outside of one. For its `signal` (the caller went
 * away, or time is over), `deadline`, `attachments`, `caller`. Calls made meanwhile inherit deadline and attachments.
 */
export function currentCall(): ServedCall | undefined {
  return serving.getStore()
}

/** Makes the call known to everything the method does: see `currentCall`. */
export function context(): Filter<ServedCall, Reply> {
  return (next) => (call) => serving.run(call, next, call)
}

const serving = new AsyncLocalStorage<ServedCall>()
