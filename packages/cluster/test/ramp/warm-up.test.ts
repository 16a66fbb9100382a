import { type Peer, type Peers, pending, type WarmUpOptions, warmUp } from '@kumquat/cluster'
import { Cell, type ProviderRecord } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, peer } from '../parts.ts'

const EPOCH = 1_800_000_000_000
const MINUTE = 60_000

/** A provider that has served for long. */
const old = (n: number, known: Partial<ProviderRecord> = {}): Peer =>
  peer(n, { warmupMs: MINUTE, startedAt: EPOCH - 3_600_000, ...known })
/** One that says it started `agoMs` before the clocks of these tests begin. */
const started = (n: number, agoMs: number, known: Partial<ProviderRecord> = {}): Peer =>
  peer(n, { warmupMs: MINUTE, startedAt: EPOCH - agoMs, ...known })

function setup(first: Peers, options: WarmUpOptions = {}) {
  const clock = handClock()
  const peers = new Cell<Peers>(first)
  const warm = warmUp(peers, { clock, ...options })
  const told: Peers[] = []
  warm.subscribe((all) => told.push(all))
  const weights = (): readonly number[] => warm.current.map(({ record }) => Math.round(record.weight * 1e6) / 1e6)
  return { clock, peers, warm, told, weights }
}

describe('warmUp', () => {
  it('gives a newcomer a tenth of its weight, and more in ten steps', async () => {
    const { clock, peers, weights, told } = setup([old(1), old(2)])
    expect(weights()).to.deep.equal([100, 100])
    peers.set([...peers.current, started(3, 0)])
    const seen = [weights()[2]]
    for (let step = 0; step < 11; step++) {
      await clock.advance(6_000)
      seen.push(weights()[2])
    }
    expect(seen).to.deep.equal([10, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 100])
    // The first step changes nothing: the floor holds.
    expect(told).to.have.length(1 + 9)
    expect(clock.pending).to.equal(0)
  })

  it('makes no new array between two steps', async () => {
    const { clock, peers, warm, told } = setup([old(1)])
    peers.set([old(1), started(2, 0)])
    await clock.advance(12_000)
    const before = warm.current
    await clock.advance(5_999)
    expect(warm.current).to.equal(before)
    await clock.advance(1)
    expect(warm.current).to.not.equal(before)
    expect(told.at(-1)).to.equal(warm.current)
  })

  it('passes on the very array given while nobody is on the way up', async () => {
    const { peers, warm, clock, told } = setup([old(1), old(2, { warmupMs: 0, startedAt: EPOCH })])
    expect(warm.current).to.equal(peers.current)
    peers.set([old(1), peer(3)])
    expect([warm.current, clock.pending, told.length]).to.deep.equal([peers.current, 0, 1])
    peers.set([...peers.current, started(4, 0)])
    expect(warm.current).to.not.equal(peers.current)
    await clock.advance(MINUTE)
    expect(warm.current).to.equal(peers.current)
  })

  it('believes those in the first set how long they have served', () => {
    const { weights, clock } = setup([old(1), started(2, 30_000), started(3, 59_000), started(4, 60_000)])
    expect(weights()).to.deep.equal([100, 50, 98.333333, 100])
    expect(clock.pending).to.equal(1)
  })

  it('takes for the first set the first in which there is anybody', () => {
    const { weights, peers } = setup([])
    peers.set([])
    peers.set([old(1), started(2, 30_000)])
    expect(weights()).to.deep.equal([100, 50])
    peers.set([])
    peers.set([old(3), started(4, 30_000)])
    expect(weights()).to.deep.equal([100, 100])
    peers.set([old(1), started(5, 30_000)])
    expect(weights()).to.deep.equal([100, 10])
  })

  it('counts from when it was first seen where the clock of the provider is ahead, or its start unknown', async () => {
    const { weights, clock } = setup([old(1), started(2, -1), started(3, 0, { startedAt: 0 }), started(4, -9e9)])
    // Not a tenth: the first would have to bear more than twice its share.
    expect(weights()).to.deep.equal([100, 33.333333, 33.333333, 33.333333])
    await clock.advance(30_000)
    expect(weights()).to.deep.equal([100, 50, 50, 50])
    await clock.advance(30_000)
    expect(weights()).to.deep.equal([100, 100, 100, 100])
  })

  it('does not believe a newcomer that claims to be old', () => {
    const { weights, peers } = setup([old(1)])
    peers.set([old(1), old(2)])
    expect(weights()).to.deep.equal([100, 10])
  })

  it('gives all their whole weight where all are equally new, and the eldest where all are', async () => {
    const { weights, clock, peers } = setup([started(1, 0), started(2, 0, { weight: 300 })])
    expect(weights()).to.deep.equal([100, 300])
    await clock.advance(30_000)
    expect(weights()).to.deep.equal([100, 300])
    peers.set([...peers.current, started(3, 0)])
    // A tenth against a half.
    expect(weights()).to.deep.equal([100, 300, 20])
    const { weights: others } = setup([started(1, 0), peer(2, { weight: 0 })])
    expect(others()).to.deep.equal([100, 0])
  })

  it('begins again with one that starts anew, not with one whose record changes', async () => {
    const { weights, clock, peers } = setup([old(1), old(2)])
    await clock.advance(1_000)
    peers.set([old(1), old(2, { weight: 50 })])
    expect(weights()).to.deep.equal([100, 50])
    peers.set([old(1), started(2, -1_000, { weight: 50 })])
    expect(weights()).to.deep.equal([100, 5])
    await clock.advance(30_000)
    peers.set([old(1), started(2, -1_000, { weight: 80 })])
    expect(weights()).to.deep.equal([100, 40])
  })

  it('knows one that comes back with the start it had, and takes one without a start for new', async () => {
    const { weights, peers, clock } = setup([old(1), old(2), old(3, { startedAt: 0 })], { maxSurge: 100 })
    await clock.advance(MINUTE)
    expect(weights()).to.deep.equal([100, 100, 100])
    peers.set([old(1)])
    peers.set([old(1), old(2), old(3, { startedAt: 0 })])
    expect(weights()).to.deep.equal([100, 100, 10])
  })

  it('does not remember leavers without bound', () => {
    const { weights, peers } = setup([old(0), old(1)], { maxSurge: 100 })
    const crowd = (size: number, from: number): Peers => Array.from({ length: size }, (_, n) => old(from + n))
    peers.set([old(0), ...crowd(100, 10)])
    peers.set([old(0)])
    // 102 are known, which is no more than 2 × 1 + 100.
    peers.set([old(0), old(1)])
    expect(weights()).to.deep.equal([100, 100])
    peers.set([old(0)])
    peers.set([old(0), ...crowd(1, 200)])
    peers.set([old(0)])
    peers.set([old(0), old(1)])
    expect(weights()).to.deep.equal([100, 10])
  })

  it('keeps the peer as it was for all but its weight, and the same object where nothing changed', async () => {
    const { peers, warm, clock } = setup([old(1), old(2)])
    let status: Peer['status'] = 'open'
    const newcomer: Peer = {
      ...started(3, 0, { tags: { rack: 'a' } }),
      get status() {
        return status
      },
      load: (metric) => (metric === pending ? 7 : 8),
    }
    peers.set([old(1), newcomer])
    const [, weighed] = warm.current
    expect(weighed!.record).to.deep.equal({ ...newcomer.record, weight: 10 })
    expect(newcomer.record.weight).to.equal(100)
    expect(weighed!.load(pending)).to.equal(7)
    status = 'busy'
    expect(weighed!.status).to.equal('busy')
    expect(await weighed!.invoke(call())).to.deep.equal({ value: newcomer.record.id })
    peers.set([old(1), newcomer, old(2)])
    expect(warm.current[1]).to.equal(weighed)
    const changed = { ...newcomer }
    peers.set([old(1), changed, old(2)])
    expect(warm.current[1]).to.not.equal(weighed)
    await clock.advance(30_000)
    expect(warm.current[1]!.record.weight).to.equal(50)
  })

  it('lets one go that was at its full weight', () => {
    const { peers, warm } = setup([old(1), old(2)])
    peers.set([old(1), started(3, 0), old(2)])
    expect(warm.current).to.have.length(3)
    peers.set(peers.current.slice(0, 2))
    expect(warm.current).to.have.length(2)
  })

  it('steps with the fastest, whatever joins between', async () => {
    const { peers, weights, clock } = setup([old(1), old(2), old(3)])
    peers.set([...peers.current, started(4, 0)])
    await clock.advance(3_000)
    peers.set([...peers.current, started(5, 0, { warmupMs: 10_000 })])
    await clock.advance(2_000)
    // 5 000 of 60 000 is below the floor.
    expect(weights()).to.deep.equal([100, 100, 100, 10, 20])
    await clock.advance(8_000)
    expect(weights()).to.deep.equal([100, 100, 100, 21.666667, 100])
    await clock.advance(5_999)
    expect(weights()[3]).to.equal(21.666667)
    await clock.advance(1)
    expect(weights()[3]).to.equal(31.666667)
  })

  it('takes steps, aggression, floor and surge as told', async () => {
    const { peers, weights, clock } = setup([old(1)], { steps: 4, aggression: 2, floorPercent: 20, maxSurge: 1.5 })
    peers.set([old(1), started(2, 0)])
    expect(weights()[1]).to.be.closeTo(33.333333, 1e-6)
    await clock.advance(14_999)
    expect(weights()[1]).to.be.closeTo(33.333333, 1e-6)
    await clock.advance(1)
    expect(weights()).to.deep.equal([100, 50])
  })

  it('never gives a peer on the way up less than its floor, nor anybody more than his weight', async () => {
    const set = fc.uniqueArray(
      fc.record({
        n: fc.nat(7),
        weight: fc.constantFrom(0, 1, 100),
        warmupMs: fc.constantFrom(0, 1_000, MINUTE),
        startedAt: fc.constantFrom(0, EPOCH - 30_000, EPOCH, EPOCH + 1e9),
      }),
      { selector: ({ n }) => n },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(set, fc.nat(40_000)), { maxLength: 10 }), async (changes) => {
        const { clock, peers, warm } = setup([])
        for (const [records, ms] of changes) {
          peers.set(records.map(({ n, ...known }) => peer(n, known)))
          await clock.advance(ms)
          expect(clock.pending).to.be.at.most(1)
          expect(warm.current.map(({ record }) => record.id)).to.deep.equal(
            peers.current.map(({ record }) => record.id),
          )
          for (const [index, { record }] of warm.current.entries()) {
            const { weight } = peers.current[index]!.record
            expect(record.weight).to.be.within(weight / 10, weight)
          }
        }
        await clock.advance(MINUTE + 6_000)
        expect(warm.current).to.equal(peers.current)
        expect(clock.pending).to.equal(0)
      }),
      { numRuns: 60 },
    )
  })

  it('leaves no timer, and follows nobody, once disposed', async () => {
    const { clock, peers, warm, told } = setup([old(1)])
    peers.set([old(1), started(2, 0)])
    expect([clock.pending, told.length]).to.deep.equal([1, 1])
    warm[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
    peers.set([old(1)])
    await clock.advance(MINUTE)
    expect([clock.pending, told.length]).to.deep.equal([0, 1])
  })

  it('refuses options out of range, with the value', () => {
    expect(() => warmUp(new Cell<Peers>([]), { steps: 0 })).to.throw(RangeError, 'steps must be an integer from 1')
  })
})
