import { formatServiceKey, type Invocation, nearest, type ProviderRecord, RpcError } from '@kumquat/core'
import type { Peer, Peers } from '../peer.ts'
import type { Router } from '../router.ts'
import { keep } from '../sets/keep.ts'
import { perLabel } from '../sets/per-label.ts'

/**
 * Keeps calls on peers whose record lists their method; one that lists none may have any. Where nobody has it the call is
 * `unimplemented`, `not-run`: waiting would not help, the name is wrong or the release is not out yet.
 */
export function serving(): Router {
  const route: Router = perLabel(
    ({ method }) => method,
    (peers, { method }) => keep(peers, ({ record }) => serves(record, method)),
    MAX_METHODS,
  )
  return Object.assign(route, {
    asks: ({ method }: Invocation) => `with method ${method}`,
    why: (_: Peer, { method }: Invocation) => `its record lists other methods, not ${method}`,
    refusal: unimplemented,
  })
}

/** As many as a record may list. */
const MAX_METHODS = 1_000

const serves = ({ methods = [] }: ProviderRecord, method: string): boolean =>
  methods.length === 0 || methods.includes(method)

function unimplemented(peers: Peers, { service, method }: Invocation): RpcError {
  const known = [...new Set(peers.flatMap(({ record }) => record.methods ?? []))]
  const near = nearest(method, known)
  const hint = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`
  const listed = known.slice(0, MAX_NAMED).join(', ') + (known.length > MAX_NAMED ? ', …' : '')
  return new RpcError(
    'unimplemented',
    `no provider of ${formatServiceKey(service)} has a method ${JSON.stringify(method.slice(0, 200))}${hint} (${peers.length} asked, which list: ${listed})`,
    { outcome: 'not-run' },
  )
}

const MAX_NAMED = 20
