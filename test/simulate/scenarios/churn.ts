import { ketama, type Peer, type SomePeers } from '@kumquat/cluster'
import { VirtualClock } from '@kumquat/cluster/simulation'
import { seededRng } from '@kumquat/core'
import HashRing from 'hashring'
import { KEYED, type MakeBalancer } from '../balancers.ts'
import { equal, keyed, peersOf } from '../peers.ts'
import { atMost, exactly, type Figure, figure, type Scenario } from '../scenario.ts'

const KEYS = 100_000
const PEERS = 10

/**
 * Each of ten peers leaves once, and joins again: on the average a tenth of the keys must move, and only its own. How much
 * the greatest of them had is a matter of how even the ring is: 160 points are off by some 8 %, 40 000 hardly.
 */
export const churn: Scenario = {
  name: 'churn',
  async run(seed) {
    const figures: Figure[] = []
    const strict: MakeBalancer = ({ rng }) => ketama({ digests: 1_000, rng })
    for (const [name, make] of Object.entries({ ...KEYED, 'ketama, 1 000 digests': strict })) {
      const isKetama = name.startsWith('ketama')
      const { moved, most, strangers } = churned(make, seed)
      figures.push(
        figure(name, 'keys moved / (keys / n), mean of n', moved, isKetama ? atMost(1.1) : undefined),
        figure(name, 'keys moved / (keys / n), worst of n', most, make === strict ? atMost(1.1) : undefined),
        figure(name, "keys moved that were not the leaver's", strangers, isKetama ? exactly(0) : undefined),
      )
    }
    for (const count of [3, 10, 100]) {
      figures.push(figure('ketama', `keys not where hashring has them, of ${count}`, strayed(count, seed), exactly(0)))
    }
    return figures
  },
}

interface Churned {
  readonly moved: number
  readonly most: number
  readonly strangers: number
}

function churned(make: MakeBalancer, seed: number): Churned {
  const balance = make({ clock: new VirtualClock(), rng: seededRng(seed) })
  const all = peersOf(equal(PEERS))
  const owners = (peers: SomePeers): readonly Peer[] =>
    Array.from({ length: KEYS }, (_, i) => balance(peers, keyed(`key ${seed} ${i}`)))
  const before = owners(all)
  const moves = all.map((leaver) => {
    const after = owners(all.filter((peer) => peer !== leaver) as readonly Peer[] as SomePeers)
    const moved = before.flatMap((owner, i) => (owner === after[i] ? [] : [owner]))
    return { moved: moved.length, strangers: moved.filter((owner) => owner !== leaver).length }
  })
  const due = KEYS / PEERS
  return {
    moved: moves.reduce((sum, { moved }) => sum + moved, 0) / PEERS / due,
    most: Math.max(...moves.map(({ moved }) => moved)) / due,
    strangers: moves.reduce((sum, { strangers }) => sum + strangers, 0),
  }
}

/** How many keys land elsewhere than where npm hashring, a port of libketama, has them. */
function strayed(count: number, seed: number): number {
  const rng = seededRng(seed)
  const peers = peersOf(Array.from({ length: count }, () => 1 + Math.floor(rng() * 10)))
  const ring = new HashRing(Object.fromEntries(peers.map(({ record }) => [record.id, { weight: record.weight }])))
  const balance = ketama({ rng })
  return Array.from({ length: KEYS }, (_, i) => `key ${seed} ${i}`).filter(
    (key) => balance(peers, keyed(key)).record.id !== ring.get(key),
  ).length
}
