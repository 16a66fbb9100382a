import type { Balancer } from '../balancer.ts'
import type { Peer, SomePeers } from '../peer.ts'
import type { ClientParts } from './simulation.ts'

/**
 * The best a balancer could do: it knows queue, speed and health of every server, and what all clients have on the way,
 * and takes the one that may expect to answer first; of equals one by chance. Nobody can know so much: it is the measure
 * of the others.
 */
export function omniscient({ servers, rng }: Pick<ClientParts, 'servers' | 'rng'>): Balancer {
  return (peers: SomePeers): Peer => {
    let least = Number.POSITIVE_INFINITY
    let chosen = peers[0]
    let equals = 0
    for (const peer of peers) {
      const expectedMs = servers.get(peer.record.id)?.expectedMs ?? Number.POSITIVE_INFINITY
      if (expectedMs > least) continue
      equals = expectedMs === least ? equals + 1 : 1
      if (rng() * equals < 1) chosen = peer
      least = expectedMs
    }
    return chosen
  }
}
