import { RpcError, type RpcErrorCode } from '@kumquat/core'
import { Refusal } from './client.ts'

/** Refusals that another server, or the same one later, does not make: the connection is of no use. */
const OF_LINE = [
  'ASK',
  'CLUSTERDOWN',
  'LOADING',
  'MASTERDOWN',
  'MISCONF',
  'MOVED',
  'NOAUTH',
  'NOREPLICAS',
  // Signs of life are refused as well: soon nobody seems alive.
  'OOM',
  'READONLY',
  'TRYAGAIN',
  'WRONGPASS',
]

const CODES: Readonly<Record<string, RpcErrorCode>> = {
  NOAUTH: 'unauthenticated',
  WRONGPASS: 'unauthenticated',
  NOPERM: 'permission_denied',
  WRONGTYPE: 'failed_precondition',
}

export const isOfLine = ({ kind }: Refusal): boolean => OF_LINE.includes(kind)

/** What Redis refused to do, in words of ours. */
export function explain(refusal: Refusal): RpcError {
  const hint = refusal.kind === 'WRONGTYPE' ? '; something else writes under this root: choose another' : ''
  return new RpcError(CODES[refusal.kind] ?? 'unknown', `Redis answered: ${refusal.message}${hint}`, { cause: refusal })
}

/** There is no connection, for the reason given. */
export function unavailable(servers: readonly string[], why: unknown, outcome: 'not-run' | 'unknown'): RpcError {
  const code = (why instanceof Refusal && CODES[why.kind]) || 'unavailable'
  const reason = why instanceof Error ? why.message : String(why)
  const next = code === 'unavailable' ? 'is it running, and is the address right?' : 'check user, password and rights'
  return new RpcError(code, `Redis at ${servers.join()}: ${reason}; ${next}`, { outcome, cause: why })
}
