import { servedCopy } from '../served-copy.ts'
import type { ServedCall } from '../transport.ts'

/** The same call with a caller who is proven in place of the claimed one: what a filter of yours for `auth` passes on. */
export function proven(call: ServedCall, caller: string): ServedCall {
  callers.set(call, caller)
  return servedCopy(call, { caller })
}

/** Who made a call, also for those who saw it before that was proven. */
export const provenCaller = (call: ServedCall): string => callers.get(call) ?? call.caller

const callers = new WeakMap<ServedCall, string>()
