import { breaker, healthChain, outlierEjection, type PanicOptions, panic } from '@kumquat/cluster'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { record } from '../parts.ts'
import { times, watchedLines } from './watched-lines.ts'

function setup(size: number, options?: PanicOptions) {
  const clock = handClock()
  const told: boolean[] = []
  const policy = panic(breaker({ clock, rng: () => 1 }), {
    leastMs: 0,
    clock,
    onChange: (panicking) => told.push(panicking),
    ...options,
  })
  const lines = watchedLines(policy)
  lines.open(...Array.from({ length: size }, (_, n) => n + 1))
  const trip = async (...numbers: readonly number[]): Promise<void> => {
    for (const n of numbers) await lines.calls(n, ...times(5, 'fail'))
  }
  return { clock, lines, told, trip }
}

describe('panic', () => {
  it('believes the policy while half of the peers are held to be healthy', async () => {
    const { lines, told, trip } = setup(4)
    await trip(1, 2)
    expect([lines.closed(), told]).to.deep.equal([[1, 2], []])
  })

  it('uses all when fewer are, and keeps the verdicts', async () => {
    const { lines, told, trip } = setup(4)
    await trip(1, 2, 3)
    expect([lines.closed(), told, lines.verdicts().length]).to.deep.equal([[], [true], 3])
    await trip(4)
    expect([lines.closed(), told, lines.verdicts().length]).to.deep.equal([[], [true], 4])
  })

  it('is over when enough have recovered', async () => {
    const { lines, told, trip } = setup(4)
    await trip(1, 2, 3)
    await lines.calls(1, 'ok')
    expect([lines.closed(), told]).to.deep.equal([
      [2, 3],
      [true, false],
    ])
  })

  it('lasts a second by default, though it seems over at once', async () => {
    const { clock, lines, told, trip } = setup(4, { leastMs: 1_000 })
    await trip(1, 2, 3)
    await clock.advance(400)
    await lines.calls(1, 'ok')
    await clock.advance(599)
    expect([lines.closed(), told]).to.deep.equal([[], [true]])
    await clock.advance(1)
    expect([lines.closed(), told]).to.deep.equal([
      [2, 3],
      [true, false],
    ])
  })

  it('goes on when there is cause for it again before it is over', async () => {
    const { clock, lines, told, trip } = setup(4, { leastMs: 1_000 })
    await trip(1, 2, 3)
    await lines.calls(1, 'ok')
    await trip(1)
    await clock.advance(2_000)
    expect([lines.closed(), told]).to.deep.equal([[], [true]])
    await lines.calls(1, 'ok')
    expect([lines.closed(), told]).to.deep.equal([
      [2, 3],
      [true, false],
    ])
  })

  it('leaves no timer behind', async () => {
    const { clock, lines, trip } = setup(4, { leastMs: 1_000 })
    await trip(1, 2, 3)
    await lines.calls(1, 'ok')
    lines[Symbol.dispose]()
    await clock.advance(60_000)
    expect(lines.verdicts()).to.deep.equal([])
  })

  it('comes and goes with those who join and leave', async () => {
    const { lines, told, trip } = setup(4)
    await trip(1, 2)
    await lines.close(4)
    expect([lines.closed(), told]).to.deep.equal([[], [true]])
    await lines.close(1)
    expect([lines.closed(), told]).to.deep.equal([[2], [true, false]])
    await lines.close(3)
    expect([lines.closed(), told]).to.deep.equal([[], [true, false, true]])
    lines.open(5)
    expect([lines.closed(), told]).to.deep.equal([[2], [true, false, true, false]])
    await lines.close(5)
    await lines.close(2)
    expect(told.at(-1)).to.equal(false)
  })

  it('lets facts stand, and does not count them', async () => {
    const { lines, told, trip } = setup(4)
    for (const n of [1, 2, 3]) lines.line.status.set(record(n).id, 'closed')
    expect([lines.closed(), told]).to.deep.equal([[1, 2, 3], []])
    await trip(2, 3, 4)
    expect([lines.closed(), told]).to.deep.equal([[1, 2, 3], [true]])
  })

  it('uses a peer that is alone, whatever is held against it', async () => {
    const { lines, trip } = setup(1)
    await trip(1)
    expect([lines.closed(), lines.verdicts().length]).to.deep.equal([[], 1])
  })

  it('counts a peer once, however many things are held against it', async () => {
    const clock = handClock()
    const lines = watchedLines(panic(healthChain(breaker({ clock }), outlierEjection({ clock }))))
    lines.open(1, 2)
    await lines.calls(1, ...times(5, 'fail'))
    expect([lines.verdicts().length, lines.closed()]).to.deep.equal([2, [1]])
  })

  it('takes another share, 0 being never', async () => {
    const never = setup(2, { healthyPercent: 0 })
    await never.trip(1, 2)
    expect(never.lines.closed()).to.deep.equal([1, 2])
    const soon = setup(4, { healthyPercent: 100 })
    await soon.trip(1)
    expect(soon.lines.closed()).to.deep.equal([])
    const { lines, trip } = setup(10, { healthyPercent: 70 })
    await trip(1, 2, 3)
    expect(lines.closed()).to.deep.equal([1, 2, 3])
    await trip(4)
    expect(lines.closed()).to.deep.equal([])
  })

  it('needs nobody to listen', async () => {
    const clock = handClock()
    const lines = watchedLines(panic(breaker({ clock })))
    lines.open(1)
    await lines.calls(1, ...times(5, 'fail'))
    expect(lines.closed()).to.deep.equal([])
  })

  it('ends what it decorates with itself, and closes lines', async () => {
    const { lines, told, trip, clock } = setup(2)
    await trip(1, 2)
    lines[Symbol.dispose]()
    expect([clock.pending, lines.verdicts(), lines.closed()]).to.deep.equal([0, [], []])
    await lines.close(1)
    expect([lines.line.closed, told]).to.deep.equal([[record(1).id], [true]])
  })

  it('refuses a share out of range, with the value', () => {
    for (const healthyPercent of [-1, 101]) {
      expect(() => panic(breaker(), { healthyPercent })).to.throw(
        RangeError,
        `healthyPercent must be a number from 0 to 100, got ${healthyPercent}`,
      )
    }
  })
})
