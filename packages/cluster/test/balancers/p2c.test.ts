import { directory, type Peer, p2c, peakEwma, pending, type SomePeers } from '@kumquat/cluster'
import { Cell, type Reply, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call, counts, peer, peersOf, record, wire } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

const ewma = () => peakEwma({ clock: handClock() })
balancerContract('p2c', (rng) => p2c({ load: ewma(), rng }))
weightedContract('p2c', (rng) => p2c({ load: ewma(), rng }))
balancerContract('p2c over pending', (rng) => p2c({ load: pending, rng }))
weightedContract('p2c over pending', (rng) => p2c({ load: pending, rng }))

/** A metric to be told by its identity; the peers here know what to answer to it. */
const cost = () => pending()

interface Busy {
  readonly weight?: number
  readonly calls?: number
  /** Of one call. */
  readonly cost?: number
}

const busy = (...all: readonly Busy[]): SomePeers =>
  all.map(({ weight = 1, calls = 0, cost: each = 1 }, n): Peer => {
    return { ...peer(n, { weight }), load: (metric) => (metric === pending ? calls : each * (calls + 1)) }
  }) as unknown as SomePeers

/** Of two peers, the one that is picked if `first` is drawn first. */
const picked = (peers: SomePeers, first: 0 | 1, load = cost): number => {
  expect(peers).to.have.length(2)
  const dice = [first === 0 ? 0 : 0.9999, 0.5]
  return peers.indexOf(p2c({ load, rng: () => dice.shift()! })(peers, call()))
}
/** Who wins whichever is drawn first; undefined if that decides. */
const winner = (peers: SomePeers, load = cost): number | undefined => {
  const [a, b] = [picked(peers, 0, load), picked(peers, 1, load)]
  if (a !== b) expect([a, b]).to.deep.equal([0, 1])
  return a === b ? a : undefined
}

describe('p2c', () => {
  it('takes the one that costs less, and of equals the first drawn', () => {
    expect(winner(busy({ cost: 10 }, { cost: 1 }))).to.equal(1)
    expect(winner(busy({ cost: 1 }, { cost: 10 }))).to.equal(0)
    expect(winner(busy({ cost: 1 }, { cost: 1 }))).to.equal(undefined)
    expect(winner(busy({ cost: 0 }, { cost: 0 }))).to.equal(undefined)
    expect(winner(busy({ cost: 0 }, { cost: 0.1 }))).to.equal(0)
  })

  it('takes costs of up to the double for equal, and goes by the calls in flight then', () => {
    expect(winner(busy({ cost: 2 }, { cost: 1 }))).to.equal(undefined)
    expect(winner(busy({ cost: 1 }, { cost: 2 }))).to.equal(undefined)
    expect(winner(busy({ cost: 2.01 }, { cost: 1 }))).to.equal(1)
    expect(winner(busy({ cost: 1 }, { cost: 2.01 }))).to.equal(0)
    expect(winner(busy({ cost: 2 }, { cost: 1, calls: 1 }))).to.equal(0)
    expect(winner(busy({ cost: 2, calls: 1 }, { cost: 1, calls: 2 }))).to.equal(0)
  })

  it('multiplies the cost of one call by the calls in flight and this one', () => {
    expect(winner(busy({ cost: 1, calls: 4 }, { cost: 4 }))).to.equal(1)
    expect(winner(busy({ cost: 1, calls: 3 }, { cost: 4 }))).to.equal(undefined)
    expect(winner(busy({ cost: 1, calls: 2 }, { cost: 4 }))).to.equal(0)
  })

  it('lets the heavier have more calls in flight, but not take less time for them', () => {
    // Of weights 1 and 3 the shares are 1/2 and 3/2.
    const light = (calls: number, each = 1): Busy => ({ weight: 1, calls, cost: each })
    const heavy = (calls: number, each = 1): Busy => ({ weight: 3, calls, cost: each })
    expect(winner(busy(light(0), heavy(0)))).to.equal(undefined)
    expect(winner(busy(light(1), heavy(3)))).to.equal(undefined)
    expect(winner(busy(light(1), heavy(2)))).to.equal(1)
    expect(winner(busy(light(0), heavy(1)))).to.equal(undefined)
    expect(winner(busy(light(0), heavy(2)))).to.equal(0)
    expect(winner(busy(light(0), heavy(0, 3)))).to.equal(0)
    // 3 × (1 + 0) against 1 × (1 + calls × 2)
    expect(winner(busy(light(1), heavy(0, 3)))).to.equal(undefined)
    expect(winner(busy(light(2), heavy(0, 3)))).to.equal(1)
    // 1 × (1 + calls / 1.5) against 3 × (1 + 0)
    expect(winner(busy(light(0, 3), heavy(2)))).to.equal(1)
    expect(winner(busy(light(0, 3), heavy(3)))).to.equal(undefined)
    expect(winner(busy(light(0, 3), heavy(4)))).to.equal(0)
  })

  it('counts calls in flight alone over pending, by weight', () => {
    const pair = (light: number, heavy: number) =>
      busy({ weight: 1, calls: light, cost: 9 }, { weight: 3, calls: heavy })
    expect(winner(pair(0, 0), pending)).to.equal(undefined)
    expect(winner(pair(1, 2), pending)).to.equal(1)
    expect(winner(pair(1, 3), pending)).to.equal(undefined)
    expect(winner(pair(0, 1), pending)).to.equal(undefined)
    expect(winner(pair(0, 2), pending)).to.equal(0)
    expect(winner(busy({ calls: 1 }, { calls: 2 }), pending)).to.equal(0)
  })

  it('never takes the most loaded of a set', () => {
    const peers = busy({ cost: 5 }, { cost: 50 }, { cost: 5 }, { cost: 5 })
    const balance = p2c({ load: cost, rng: seededRng(1) })
    for (let i = 0; i < 1_000; i++) expect(balance(peers, call())).to.not.equal(peers[1])
  })

  it('draws two numbers for a pick, a third where by weight both fall on one peer, none if there is but one', () => {
    const drawnFor = (weights: readonly number[], ...dice: readonly number[]): number => {
      let drawn = 0
      p2c({ load: cost, rng: () => dice[drawn++]! })(peersOf(...weights), call())
      return drawn
    }
    expect(drawnFor([1, 1, 1], 0.3, 0.3, 0.3)).to.equal(2)
    expect(drawnFor([1, 2, 3], 0.3, 0.1, 0.3)).to.equal(2)
    expect(drawnFor([1, 2, 3], 0.3, 0.3, 0.3)).to.equal(3)
    expect(drawnFor([1], 0.3)).to.equal(0)
  })

  /** Calls one after another to real peers that take so many ms each. */
  async function shares(weights: readonly number[], ms: readonly number[], times: number): Promise<readonly number[]> {
    const clock = handClock()
    const line = wire()
    const records = weights.map((weight, n) => record(n, { weight }))
    const seen = weights.map(() => 0)
    line.answer = async (id): Promise<Reply> => {
      const place = records.findIndex((one) => one.id === id)
      seen[place]! += 1
      await clock.advance(ms[place]!)
      return { value: 1 }
    }
    const peers = directory({ records: new Cell(records), connect: line.connect })
    const balance = p2c({ load: peakEwma({ clock }), rng: seededRng(4) })
    for (let i = 0; i < times; i++) await balance(peers.current as SomePeers, call()).invoke(call())
    return seen.map((count) => count / times)
  }

  it('divides calls one at a time by weight, if all peers are alike', async () => {
    const [a, b, c] = await shares([1, 2, 3], [10, 10, 10], 4_000)
    expect(a).to.be.closeTo(1 / 6, 0.025)
    expect(b).to.be.closeTo(2 / 6, 0.025)
    expect(c).to.be.closeTo(3 / 6, 0.025)
  })

  it('avoids a slow peer, though it be the heaviest', async () => {
    const [a, b, c] = await shares([1, 2, 3], [10, 10, 100], 2_000)
    expect(c).to.be.below(0.03)
    expect(a! / (a! + b!)).to.be.closeTo(1 / 3, 0.05)
  })

  it('chooses by peak EWMA and by chance if nothing else is said', () => {
    const asked = new Set<unknown>()
    const peers = peersOf(1, 1, 1).map((one) => ({
      ...one,
      load: (metric: unknown) => {
        asked.add(metric)
        return 0
      },
    })) as unknown as SomePeers
    const balance = p2c()
    expect(new Set(Array.from({ length: 100 }, () => balance(peers, call()))).size).to.equal(3)
    const [own, ...others] = [...asked].filter((metric) => metric !== pending) as (() => ReturnType<typeof pending>)[]
    expect(others).to.have.length(0)
    const gauge = own!()
    gauge.begin(call())
    expect(gauge.value).to.equal(2 ** 33)
    expect(counts(() => peers.indexOf(p2c()(peers, call())), 300, 3)).to.not.include(0)
  })
})
