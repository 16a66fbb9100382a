import { RpcError } from '@kumquat/core'
import type { CallName } from './error-body.ts'

/** In metrics, all that is no known method is one: its names come from outside and have no end. */
export const UNKNOWN: CallName = { service: { app: 'unknown', group: 'unknown' }, method: 'unknown' }

/** A provider that goes takes no more calls. */
export const hasStopped = (): RpcError =>
  new RpcError('unavailable', 'this provider has stopped: ask another, or look it up again', { outcome: 'not-run' })

/** A path that is none of a call. */
export function namesNoMethod(path: string): RpcError {
  const message = `${JSON.stringify(path.slice(0, 100))} names no method: /<app>/<group>/<method>`
  return new RpcError('unimplemented', message, { outcome: 'not-run' })
}
