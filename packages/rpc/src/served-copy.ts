import type { ServedCall } from './transport.ts'

/**
 * A served call with some facts changed, for a filter that passes one on. Its signal stays what it was, and is still made
 * only when somebody asks for it: of a call over HTTP a copy by spread has none.
 */
export function servedCopy(call: ServedCall, change: Partial<Omit<ServedCall, 'signal'>>): ServedCall {
  return Object.defineProperty({ ...call, ...change }, 'signal', { get: () => call.signal, configurable: true })
}
