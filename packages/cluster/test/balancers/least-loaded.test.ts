import { directory, leastLoaded, type Peer, type Peers, type SomePeers } from '@kumquat/cluster'
import { Cell, type Reply, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, counts, gate, peer, record, wire } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'

balancerContract('leastLoaded', (rng) => leastLoaded({ rng }))
weightedContract('leastLoaded', (rng) => leastLoaded({ rng }))

/** Peers given as [weight, load]. */
const loaded = (...pairs: readonly (readonly [number, number])[]): SomePeers =>
  pairs.map(([weight, load], n) => peer(n, { weight }, load)) as unknown as SomePeers

describe('leastLoaded', () => {
  const picked = (peers: SomePeers, times = 200): ReadonlySet<number> => {
    const balance = leastLoaded({ rng: seededRng(1) })
    return new Set(Array.from({ length: times }, () => peers.indexOf(balance(peers, call()))))
  }

  it('takes the one with the least load', () => {
    expect([...picked(loaded([100, 3], [100, 1], [100, 2]))]).to.deep.equal([1])
  })

  it('lets a peer of twice the weight carry twice the load', () => {
    expect([...picked(loaded([100, 2], [200, 3]))]).to.deep.equal([1])
    expect([...picked(loaded([100, 2], [200, 5]))]).to.deep.equal([0])
    // One call more is less to the heavier.
    expect([...picked(loaded([100, 2], [200, 4]))]).to.deep.equal([1])
    expect([...picked(loaded([100, 1], [300, 4]))]).to.have.members([0, 1])
    expect([...picked(loaded([100, 0], [300, 1]))]).to.deep.equal([0])
  })

  it('gives equals their turns, exactly by weight, wherever they stand', () => {
    const peers = loaded([100, 9], [100, 0], [100, 7], [300, 0])
    const balance = leastLoaded({ rng: seededRng(2) })
    expect(counts(() => peers.indexOf(balance(peers, call())), 4_000, 4)).to.deep.equal([0, 1_000, 0, 3_000])
  })

  it('still goes by load when nobody has weight', () => {
    expect([...picked(loaded([0, 3], [0, 1], [0, 2]))]).to.deep.equal([1])
  })

  it('takes the idle peer of weight over an idle one without', () => {
    expect([...picked(loaded([0, 0], [1, 50]))]).to.deep.equal([1])
  })

  it('picks somebody even if every load is infinite or no number', () => {
    for (const load of [Number.POSITIVE_INFINITY, Number.NaN]) {
      const peers = loaded([1, load], [1, load])
      expect(peers).to.include(leastLoaded({ rng: seededRng(3) })(peers, call()))
    }
  })

  it('never picks a weightless peer, not even of infinitely loaded ones', () => {
    expect([...picked(loaded([0, 0], [1, Number.POSITIVE_INFINITY], [0, 9]))]).to.deep.equal([1])
  })

  it('finds out within a round that a peer which measures in its own way has changed', () => {
    let load = 5
    const own = { ...peer(3), load: () => load }
    const peers: SomePeers = [peer(1, {}, 1), peer(2, {}, 1), own]
    const balance = leastLoaded()
    const picks = (): readonly Peers[number][] => Array.from({ length: 6 }, () => balance(peers, call()))
    expect(picks()).to.not.include(own)
    load = 0
    expect(picks().slice(2)).to.deep.equal([own, own, own, own])
    load = 5
    expect(picks().slice(2)).to.not.include(own)
  })
})

describe('leastLoaded, while calls come and go,', () => {
  /** Calls made through the picks of one balancer over real peers, whose ends are up to the test. */
  function setup(weights: readonly number[]) {
    const balance = leastLoaded({ rng: seededRng(1) })
    const line = wire()
    const open = new Map<string, { open(reply: Reply): void }[]>()
    line.answer = (id) => {
      const answer = gate<Reply>()
      open.set(id, [...(open.get(id) ?? []), answer])
      return answer.promise
    }
    const records = new Cell(weights.map((weight, n) => record(n, { weight })))
    const peers = directory({ records, connect: line.connect })
    const inFlight = (): readonly number[] => peers.current.map(({ record: { id } }) => open.get(id)?.length ?? 0)
    const begin = (index: number): void => void peers.current[index]!.invoke(call())
    const end = async (index: number): Promise<void> => {
      open.get(peers.current[index]!.record.id)?.shift()?.open({ value: 1 })
      // The call ends a few turns of the queue later.
      for (let i = 0; i < 5; i++) await undefined
    }
    const pickFrom = (from: Peers): number => peers.current.indexOf(balance(from as SomePeers, call()))
    const pick = (): number => pickFrom(peers.current)
    return { records, peers, inFlight, begin, end, pick, pickFrom }
  }

  it('always picks one with the fewest calls for its weight, whoever made them', async () => {
    const step = fc.record({ begun: fc.nat(7), ended: fc.nat(7), both: fc.boolean() })
    const weights = fc.array(fc.constantFrom(0.5, 1, 2, 3, 100), { minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(weights, fc.array(step, { maxLength: 60 }), async (weights, steps) => {
        const { inFlight, begin, end, pick } = setup(weights)
        pick()
        for (const { begun, ended, both } of steps) {
          if (both) begin(begun % weights.length)
          await end(ended % weights.length)
          // Half way between without this call and with it; the idle are equal.
          const loads = inFlight().map((calls, index) => (calls === 0 ? 0 : (calls + 0.5) / weights[index]!))
          const index = pick()
          expect(loads[index]).to.equal(Math.min(...loads))
          begin(index)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('still does when more has changed since its last look at a set than it can remember', async () => {
    for (const changes of [4_094, 4_096, 4_098, 10_000]) {
      const { peers, begin, end, pick } = setup(Array<number>(5_000).fill(1))
      pick()
      for (let index = 0; index < 5_000; index++) if (index !== 4_321) begin(index)
      pick()
      begin(4_321)
      for (let i = 1; i < changes / 2; i++) {
        begin(0)
        await end(0)
      }
      await end(777)
      expect(pick(), `${changes} changes`).to.equal(777)
      expect(peers.current).to.have.length(5_000)
    }
  }).timeout(30_000)

  it('looks at few peers a pick, however many there are', () => {
    const { peers } = setup(Array<number>(1_000).fill(1))
    let looks = 0
    const counted = peers.current.map(
      (one): Peer => ({
        ...one,
        invoke: one.invoke,
        record: one.record,
        status: 'open',
        load: (metric) => {
          looks++
          return one.load(metric)
        },
      }),
    ) as unknown as SomePeers
    const balance = leastLoaded()
    balance(counted, call())
    looks = 0
    for (let i = 0; i < 1_000; i++) void balance(counted, call()).invoke(call())
    // One for each call that has begun since, and one in turn.
    expect(looks).to.be.at.most(2_000)
  })

  it('keeps every set up to date that it is asked about', async () => {
    const { peers, begin, end, pick, pickFrom } = setup([1, 1, 1, 1])
    const half = peers.current.slice(0, 2)
    pick()
    pickFrom(half)
    for (const index of [0, 0, 1, 2, 3]) begin(index)
    expect(pickFrom(half)).to.equal(1)
    begin(1)
    begin(1)
    expect(pickFrom(half)).to.equal(0)
    await end(1)
    await end(1)
    await end(1)
    expect(pickFrom(half)).to.equal(1)
    expect(pick()).to.equal(1)
  })

  it('keeps the count of a peer whose record changes', () => {
    const { records, begin, pick } = setup([1, 1])
    pick()
    begin(0)
    records.set([record(0, { weight: 1, version: 'V2' }), record(1, { weight: 1 })])
    expect(pick()).to.equal(1)
    begin(1)
    begin(1)
    expect(pick()).to.equal(0)
  })

  it('goes on when the peers have forgotten its gauges for those of other metrics', async () => {
    const { peers, begin, end, pick } = setup([1, 1])
    pick()
    begin(0)
    for (const one of peers.current) {
      for (let i = 0; i < 4; i++) one.load(() => ({ value: 0, begin: () => () => {} }))
    }
    // Begun anew at 0, both of them; seen in their turns.
    pick()
    pick()
    begin(1)
    expect(pick()).to.equal(0)
    begin(0)
    begin(0)
    expect(pick()).to.equal(1)
    await end(0)
    await end(0)
    await end(0)
    expect(pick()).to.equal(0)
  })

  it('lets nobody catch up at once on the turns it missed while it was busy', async () => {
    const { begin, end, pick } = setup([1, 1, 1])
    pick()
    begin(0)
    for (let i = 0; i < 100; i++) expect(pick()).to.not.equal(0)
    await end(0)
    for (const turns of counts(pick, 30, 3)) expect(turns).to.be.within(9, 11)
  })
})
