import { breaker, directory, type Peers, type SlowStartOptions, slowStart, type Verdict } from '@kumquat/cluster'
import { Cell, type ProviderRecord } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call, peer, record, wire } from '../parts.ts'

const against = (...numbers: readonly number[]): readonly Verdict[] =>
  numbers.map((n) => ({ id: record(n).id, policy: 'test', state: 'ejected', reason: 'because', since: 0 }))

function setup(size: number, options: Partial<SlowStartOptions> = {}) {
  const clock = handClock()
  const peers = new Cell<Peers>(Array.from({ length: size }, (_, n) => peer(n + 1)))
  const verdicts = new Cell<readonly Verdict[]>([])
  const slow = slowStart(peers, { verdicts, durationMs: 30_000, clock, ...options })
  const weights = (): readonly number[] => slow.current.map(({ record }) => Math.round(record.weight * 1e6) / 1e6)
  return { clock, peers, verdicts, slow, weights }
}

describe('slowStart', () => {
  it('gives who was ejected a tenth of its weight when it comes back, and the whole after its time', async () => {
    const { clock, peers, verdicts, slow, weights } = setup(3)
    verdicts.set(against(2))
    expect(slow.current).to.equal(peers.current)
    await clock.advance(5_000)
    verdicts.set([])
    const seen = [weights()]
    for (let step = 0; step < 10; step++) {
      await clock.advance(3_000)
      seen.push(weights())
    }
    expect(seen.map(([, weight]) => weight)).to.deep.equal([10, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100])
    expect(seen.every(([a, , c]) => a === 100 && c === 100)).to.equal(true)
    expect([slow.current, clock.pending]).to.deep.equal([peers.current, 0])
  })

  it('takes 10 s by default', async () => {
    const { clock, peers, verdicts } = setup(3)
    const slow = slowStart(peers, { verdicts, clock })
    verdicts.set(against(2))
    verdicts.set([])
    await clock.advance(5_000)
    expect(slow.current[1]!.record.weight).to.equal(50)
    await clock.advance(5_000)
    expect(slow.current).to.equal(peers.current)
  })

  it('takes another time', async () => {
    const { clock, verdicts, weights } = setup(3, { durationMs: 1_000 })
    verdicts.set(against(1))
    verdicts.set([])
    await clock.advance(500)
    expect(weights()).to.deep.equal([50, 100, 100])
  })

  it('waits for the last verdict to be dropped', () => {
    const { verdicts, weights } = setup(3)
    const [first, second] = [against(1), against(1)]
    verdicts.set([...first, ...second])
    verdicts.set(second)
    expect(weights()).to.deep.equal([100, 100, 100])
    verdicts.set([])
    expect(weights()).to.deep.equal([10, 100, 100])
  })

  it('ends when something is held against it again, and begins anew after that', async () => {
    const { clock, peers, verdicts, slow, weights } = setup(3)
    verdicts.set(against(1))
    verdicts.set([])
    await clock.advance(15_000)
    expect(weights()).to.deep.equal([50, 100, 100])
    verdicts.set(against(1))
    expect([slow.current, clock.pending]).to.deep.equal([peers.current, 0])
    verdicts.set([])
    expect(weights()).to.deep.equal([10, 100, 100])
  })

  it('goes on when verdicts change that are about others', async () => {
    const { clock, verdicts, weights } = setup(4)
    verdicts.set(against(1))
    verdicts.set([])
    await clock.advance(15_000)
    verdicts.set(against(2))
    expect(weights()).to.deep.equal([50, 100, 100, 100])
    await clock.advance(3_000)
    verdicts.set([])
    expect(weights()).to.deep.equal([60, 10, 100, 100])
  })

  it('counts what stood when it began as held before', () => {
    const verdicts = new Cell(against(1))
    const { weights } = setup(3, { verdicts })
    verdicts.set([])
    expect(weights()).to.deep.equal([10, 100, 100])
  })

  it('does not let the others bear more than twice their share when many come back at once', () => {
    const { verdicts, weights } = setup(10)
    verdicts.set(against(1, 2, 3, 4, 5, 6, 7, 8))
    verdicts.set([])
    // Eight at w and two at 100 bear what ten at 50 would: w = 37.5.
    expect(weights()).to.deep.equal([...new Array<number>(8).fill(37.5), 100, 100])
  })

  it('gives all their whole weight when all come back at once', () => {
    const { peers, verdicts, slow } = setup(3)
    verdicts.set(against(1, 2, 3))
    verdicts.set([])
    expect(slow.current).to.equal(peers.current)
  })

  it('follows those who join and leave', () => {
    const { peers, verdicts, slow, weights } = setup(3)
    verdicts.set(against(1))
    verdicts.set([])
    peers.set([...peers.current, peer(9)])
    expect(weights()).to.deep.equal([10, 100, 100, 100])
    peers.set(peers.current.slice(1))
    expect(slow.current).to.equal(peers.current)
  })

  it('tells of each change', async () => {
    const { clock, verdicts, slow } = setup(2)
    const told: Peers[] = []
    slow.subscribe((all) => told.push(all))
    verdicts.set(against(1))
    verdicts.set([])
    await clock.advance(6_000)
    expect(told.map(([first]) => first!.record.weight)).to.deep.equal([10, 20])
    expect(told.at(-1)).to.equal(slow.current)
  })

  it('leaves no timer, and follows nobody, once disposed', async () => {
    const { clock, peers, verdicts, slow, weights } = setup(3)
    verdicts.set(against(1))
    verdicts.set([])
    slow[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
    verdicts.set(against(2))
    verdicts.set([])
    peers.set([])
    expect([clock.pending, weights()]).to.deep.equal([0, [10, 100, 100]])
  })

  it('works with a breaker over a directory', async () => {
    const clock = handClock()
    const line = wire()
    const health = breaker({ clock, rng: () => 1 })()
    const records = new Cell<readonly ProviderRecord[]>([record(1), record(2), record(3)])
    const peers = directory({ records, connect: health.connect(line.connect) })
    const slow = slowStart(peers, { verdicts: health.verdicts, clock })
    const weights = (): readonly number[] => slow.current.map((one) => one.record.weight)
    line.answer = () => Promise.reject(new Error('down'))
    for (let i = 0; i < 5; i++) await slow.current[0]!.invoke(call()).catch(() => {})
    expect(slow.current.map(({ status }) => status)).to.deep.equal(['closed', 'open', 'open'])
    line.answer = async () => ({ value: 1 })
    await clock.advance(5_000)
    expect(weights()).to.deep.equal([100, 100, 100])
    await slow.current[0]!.invoke(call())
    expect(weights()).to.deep.equal([10, 100, 100])
    slow[Symbol.dispose]()
    await peers[Symbol.asyncDispose]()
    health[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })

  it('refuses options out of range, with the value', () => {
    const verdicts = new Cell<readonly Verdict[]>([])
    const peers = new Cell<Peers>([])
    expect(() => slowStart(peers, { verdicts, durationMs: 99 })).to.throw(
      RangeError,
      'durationMs must be a number from 100 to 3600000, got 99',
    )
    expect(() => slowStart(peers, { verdicts, floorPercent: 0 })).to.throw(RangeError, 'floorPercent must be a number')
  })
})
