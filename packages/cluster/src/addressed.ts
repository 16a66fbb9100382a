import { EVERY_PEER, formatServiceKey, type Invocation, type Invoker, type Live, RpcError } from '@kumquat/core'
import { type Answer, askAll, DEFAULT_CONCURRENCY, isFailed } from './attempts/ask-all.ts'
import { noPeer } from './no-peer.ts'
import type { Peers } from './peer.ts'
import type { Router } from './router.ts'
import { perSet } from './sets/per-set.ts'

export interface AddressedOptions {
  readonly peers: Live<Peers>
  readonly route: Router
}

/** What one peer made of a call that went to each: its value or its failure, and its id, `host:port`. */
export type PeerAnswer<R = unknown> =
  | { readonly peer: string; readonly value: R; readonly error?: never }
  | { readonly peer: string; readonly error: unknown; readonly value?: never }

/**
 * Serves calls that name their peer. One goes to that peer, once, however it is doing and whatever routers would say;
 * `EVERY_PEER` goes to each that the routers leave, with weight or without, 100 at a time, and its value is a list of
 * `PeerAnswer`s in the order of the set. Rejects with `unavailable`, `not-run` where there is nobody to ask.
 */
export function addressed({ peers, route }: AddressedOptions): Invoker {
  const byId = perSet((set: Peers) => new Map(set.map((peer) => [peer.record.id, peer])))
  const everyone = {
    candidates: (invocation: Invocation) => route(peers.current, invocation),
    pick(_: Peers, invocation: Invocation): never {
      throw noPeer(peers.current, route, invocation)
    },
  }
  // Peers may be clusters, in which the name would stand for nobody.
  return async ({ peer: asked, ...invocation }) => {
    if (asked === EVERY_PEER) {
      const answers = await askAll(everyone, invocation, DEFAULT_CONCURRENCY)
      return { value: answers.map(told) }
    }
    const peer = byId(peers.current).get(asked ?? '')
    if (peer === undefined) throw absent(peers.current, asked, invocation)
    return peer.invoke(invocation)
  }
}

const told = (answer: Answer): PeerAnswer => {
  const peer = answer.peer.record.id
  return isFailed(answer) ? { peer, error: answer.error } : { peer, value: answer.reply.value }
}

function absent(known: Peers, asked: string | undefined, { service, method }: Invocation): RpcError {
  const ids = known.slice(0, MAX_NAMED).map(({ record }) => record.id)
  const more = known.length > ids.length ? `, and ${known.length - ids.length} more` : ''
  const there = ids.length === 0 ? 'nobody' : `${ids.join(', ')}${more}`
  return new RpcError(
    'unavailable',
    `no provider of ${formatServiceKey(service)} is at ${asked} to be asked for ${method} (there is: ${there}); name one of these, or let the call go to any`,
    { outcome: 'not-run' },
  )
}

const MAX_NAMED = 3
