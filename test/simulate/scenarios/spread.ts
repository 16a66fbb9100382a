import { chain, cluster, consistentHash, directory, failfast, ketama, type SomePeers } from '@kumquat/cluster'
import { exponential, simulation, VirtualClock } from '@kumquat/cluster/simulation'
import { seededRng } from '@kumquat/core'
import { BLIND, KEYED, type MakeBalancer, SEEING } from '../balancers.ts'
import { equal, keyed, peersOf } from '../peers.ts'
import { atMost, exactly, figure, type Scenario } from '../scenario.ts'

const PICKS = 100_000
const WEIGHTS = [1, 2, 3]

/**
 * Weights 1:2:3 within 1 %: the shares are 16.7, 33.3 and 50 % of the picks, and none is off by more than one percentage
 * point. Dice alone are off by up to 0.5 points in 100 000 throws. Rings of 160 points cannot do it, whoever makes them.
 */
export const spread: Scenario = {
  name: 'spread',
  async run(seed) {
    const off = (make: MakeBalancer, weights = WEIGHTS): number => offBy(picks(make, weights, seed), weights)
    const figures = [
      ...Object.entries(EXACT).map(([name, make]) => figure(name, OFF, off(make), atMost(1))),
      ...Object.entries(RINGS).map(([name, make]) => figure(name, OFF, off(make))),
      figure('round-robin', 'weights 1:1:1, off by points', off(BLIND['round-robin'], [1, 1, 1]), atMost(1)),
    ]
    for (const [name, make] of Object.entries(SEEING)) {
      figures.push(figure(`${name}, idle`, OFF, off(make), atMost(1)))
      figures.push(figure(`${name}, at 70 % load`, OFF, await offUnderLoad(make, seed), atMost(1)))
    }
    for (const name of ['round-robin', 'weighted-round-robin'] as const) {
      figures.push(figure(name, 'two of three in a row on one peer', repeats(BLIND[name], seed), exactly(0)))
    }
    return figures
  },
}

const OFF = 'weights 1:2:3, off by points'

const EXACT: Readonly<Record<string, MakeBalancer>> = {
  'weighted-round-robin': BLIND['weighted-round-robin'],
  random: BLIND.random,
  rendezvous: KEYED.rendezvous,
  maglev: KEYED.maglev,
  'consistent-hash, 10 000 points': ({ rng }) => consistentHash({ points: 10_000, rng }),
  'ketama, 10 000 digests': ({ rng }) => ketama({ digests: 10_000, rng }),
}

const RINGS: Readonly<Record<string, MakeBalancer>> = {
  'consistent-hash, 160 points': KEYED['consistent-hash'],
  'ketama, 160 points': KEYED.ketama,
}

/** How often each peer is picked, nobody being busy. */
function picks(make: MakeBalancer, weights: readonly number[], seed: number): readonly number[] {
  const peers = peersOf(weights)
  const balance = make({ clock: new VirtualClock(), rng: seededRng(seed) })
  const seen = new Array<number>(peers.length).fill(0)
  for (let i = 0; i < PICKS; i++) seen[peers.indexOf(balance(peers, keyed(`key ${seed} ${i}`)))]! += 1
  return seen
}

/** Three servers with as many workers as their weight says, and calls in flight at all of them. */
async function offUnderLoad(make: MakeBalancer, seed: number): Promise<number> {
  const world = simulation({
    seed,
    servers: WEIGHTS.length,
    server: (index) => ({
      service: exponential(10),
      workers: 8 * WEIGHTS[index]!,
      record: { weight: WEIGHTS[index]! },
    }),
    client: (parts) => cluster({ peers: directory(parts), route: chain(), balance: make(parts), strategy: failfast() }),
  })
  const callsPerSecond = (0.7 * 48 * 1_000) / 10
  const { servers } = await world.run({ callsPerSecond, forMs: (PICKS / callsPerSecond) * 1_000 })
  return offBy(
    servers.map(({ attempts }) => attempts),
    WEIGHTS,
  )
}

/** The greatest difference between a share and what is due, in percentage points. */
function offBy(seen: readonly number[], weights: readonly number[]): number {
  const picked = seen.reduce((sum, count) => sum + count, 0)
  const weight = weights.reduce((sum, one) => sum + one, 0)
  return Math.max(...seen.map((count, i) => Math.abs((100 * count) / picked - (100 * weights[i]!) / weight)))
}

/** How often one of three equal peers is picked twice within three picks in a row. */
function repeats(make: MakeBalancer, seed: number): number {
  const peers: SomePeers = peersOf(equal(3))
  const balance = make({ clock: new VirtualClock(), rng: seededRng(seed) })
  const order = Array.from({ length: PICKS }, (_, i) => balance(peers, keyed(`${i}`)))
  return order.filter((peer, i) => i >= 2 && new Set([peer, order[i - 1], order[i - 2]]).size < 3).length
}
