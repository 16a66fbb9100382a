import { RpcError } from '@kumquat/core'

/**
 * What callers learn of what a handler threw. Nest has made an object of an exception by now: what the author gave to an
 * `RpcException` is meant for callers; what Nest puts in the place of any other error says nothing, and stays so.
 */
export function thrown(error: unknown): unknown {
  if (RpcError.is(error) || error instanceof Error) return error
  const message = messageOf(error)
  if (message === undefined || isOfNest(error)) return new Error('a handler of Nest failed; see its log')
  const details = typeof error === 'object' ? { details: [error] } : {}
  return new RpcError('unknown', message, { outcome: 'ran', ...details })
}

function messageOf(error: unknown): string | undefined {
  if (typeof error === 'string') return error
  if (typeof error !== 'object' || error === null) return undefined
  return 'message' in error && typeof error.message === 'string' ? error.message : 'a handler refused the call'
}

const isOfNest = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'message' in error && error.message === 'Internal server error'
