import { type BreakerOptions, breaker } from '@kumquat/cluster'
import { RpcError, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, record, wire } from '../parts.ts'
import { type Ending, times, type WatchedLines, watchedLines } from './watched-lines.ts'

/** Cool-downs are exactly what they may be at most. */
const longest = (): number => 1

function setup(options: BreakerOptions = {}, startMs = 0) {
  const clock = handClock({ startMs })
  const lines = watchedLines(breaker({ clock, rng: longest, ...options }))
  lines.open(1)
  return { clock, lines }
}

const trip = (lines: WatchedLines): Promise<void> => lines.calls(1, ...times(5, 'fail'))

describe('breaker', () => {
  describe('opens', () => {
    it('with the fifth failure in a row, and tells why', async () => {
      const { lines } = setup()
      await lines.calls(1, ...times(4, 'fail'))
      expect([lines.status(1), lines.verdicts()]).to.deep.equal(['open', []])
      await lines.calls(1, 'fail')
      expect(lines.status(1)).to.equal('closed')
      expect(lines.verdicts()).to.deep.equal([
        {
          id: record(1).id,
          policy: 'breaker',
          state: 'tripped',
          reason: '5 failures in a row',
          since: 1_800_000_000_000,
        },
      ])
    })

    it('not if a success comes between, an error of the method being one', async () => {
      for (const sign of ['ok', 'business'] as const) {
        const { lines } = setup()
        for (let i = 0; i < 3; i++) await lines.calls(1, ...times(4, 'fail'), sign)
        expect(lines.status(1)).to.equal('open')
      }
    })

    it('never for what callers cancel, which does not break a row either', async () => {
      const { lines } = setup()
      await lines.calls(1, ...times(30, 'cancel'), ...times(4, 'fail'), 'cancel')
      expect(lines.status(1)).to.equal('open')
      await lines.calls(1, 'fail')
      expect(lines.status(1)).to.equal('closed')
    })

    it('by calls under way at the same time, in whatever order they end', async () => {
      const { lines } = setup()
      const open = Array.from({ length: 6 }, () => lines.begin(1))
      await open.pop()!.end('ok')
      for (const one of open.slice(1)) await one.end('fail')
      expect(lines.status(1)).to.equal('open')
      await open[0]!.end('fail')
      expect(lines.status(1)).to.equal('closed')
    })

    it('never for errors of methods', async () => {
      const { lines } = setup()
      await lines.calls(1, ...times(100, 'business'))
      expect(lines.status(1)).to.equal('open')
    })

    it('by timeouts', async () => {
      const clock = handClock()
      const line = wire()
      const endpoint = breaker({ clock })().connect(line.connect)(record(1))
      line.answer = () => Promise.reject(new RpcError('deadline_exceeded', 'no answer in time', { outcome: 'unknown' }))
      for (let i = 0; i < 5; i++) await endpoint.invoke(call()).catch(() => {})
      expect(endpoint.status).to.equal('closed')
    })

    it('when half of twenty calls failed, not at fewer calls, not at fewer failures', async () => {
      const mixed = (failures: number, successes: number): Ending[] => [
        ...Array.from({ length: successes }, () => ['fail', 'ok'] as const)
          .flat()
          .filter((ending, index) => ending === 'ok' || index / 2 < failures - 1),
        'fail',
      ]
      const enough = setup()
      const endings = mixed(10, 10)
      expect([endings.length, endings.filter((one) => one === 'fail').length]).to.deep.equal([20, 10])
      await enough.lines.calls(1, ...endings.slice(0, -1))
      expect(enough.lines.status(1)).to.equal('open')
      await enough.lines.calls(1, 'fail')
      expect(enough.lines.status(1)).to.equal('closed')
      expect(enough.lines.verdicts()[0]?.reason).to.equal('10 of 20 calls failed within 10000 ms')

      const tooFewCalls = setup()
      await tooFewCalls.lines.calls(1, ...mixed(10, 9))
      expect(tooFewCalls.lines.status(1)).to.equal('open')

      const tooFewFailures = setup()
      await tooFewFailures.lines.calls(1, ...mixed(10, 11))
      expect(tooFewFailures.lines.status(1)).to.equal('open')
    })

    it('only by what happened within the window', async () => {
      const { lines, clock } = setup({ consecutiveFailures: 100 })
      await lines.calls(1, ...times(19, 'fail'))
      await clock.advance(10_000)
      await lines.calls(1, ...times(19, 'fail'))
      expect(lines.status(1)).to.equal('open')
      await lines.calls(1, 'fail')
      expect(lines.status(1)).to.equal('closed')
    })

    it('at the numbers it is told', async () => {
      const options = { failurePercent: 25, minCalls: 4, windowMs: 1_000, consecutiveFailures: 2 }
      const byShare = setup(options)
      await byShare.lines.calls(1, 'ok', 'ok', 'ok', 'fail')
      expect(byShare.lines.verdicts()[0]?.reason).to.equal('1 of 4 calls failed within 1000 ms')
      const inARow = setup(options)
      await inARow.lines.calls(1, 'fail', 'fail')
      expect(inARow.lines.verdicts()[0]?.reason).to.equal('2 failures in a row')
    })

    it('for one peer, not for its neighbours', async () => {
      const { lines } = setup()
      lines.open(2)
      await trip(lines)
      expect(lines.closed()).to.deep.equal([1])
    })
  })

  describe('while open', () => {
    it('stays so for the cool-down, then is half-open', async () => {
      const { lines, clock } = setup()
      await trip(lines)
      await clock.advance(4_999)
      expect([lines.status(1), lines.verdicts()[0]?.state]).to.deep.equal(['closed', 'tripped'])
      await clock.advance(1)
      expect([lines.status(1), lines.verdicts()[0]?.state]).to.deep.equal(['open', 'half-open'])
    })

    it('draws the cool-down from the upper half of what it may be', async () => {
      const { lines, clock } = setup({ rng: () => 0.5 })
      await trip(lines)
      await clock.advance(3_749)
      expect(lines.status(1)).to.equal('closed')
      await clock.advance(1)
      expect(lines.status(1)).to.equal('open')
      const soonest = setup({ rng: () => 0 })
      await trip(soonest.lines)
      await soonest.clock.advance(2_500)
      expect(soonest.lines.status(1)).to.equal('open')
    })

    it('makes the calls that come all the same, and is closed by a success of one', async () => {
      const { lines, clock } = setup()
      await trip(lines)
      await lines.calls(1, 'fail', 'cancel', 'fail')
      expect(lines.status(1)).to.equal('closed')
      await lines.calls(1, 'ok')
      expect([lines.status(1), lines.verdicts(), clock.pending]).to.deep.equal(['open', [], 0])
    })

    it('is not closed by a call that was begun before', async () => {
      const { lines } = setup()
      const early = lines.begin(1)
      await trip(lines)
      await early.end('ok')
      expect(lines.status(1)).to.equal('closed')
    })

    it('is not prolonged by failures', async () => {
      const { lines, clock } = setup()
      const early = lines.begin(1)
      await trip(lines)
      await clock.advance(4_000)
      await early.end('fail')
      await lines.calls(1, ...times(10, 'fail'))
      await clock.advance(1_000)
      expect(lines.status(1)).to.equal('open')
    })

    it('lets a closed line count as closed, and a busy one as busy, whatever it thinks itself', async () => {
      const { lines } = setup()
      lines.line.status.set(record(1).id, 'busy')
      expect(lines.status(1)).to.equal('busy')
      lines.line.status.set(record(1).id, 'closed')
      expect(lines.status(1)).to.equal('closed')
    })
  })

  describe('half-open', () => {
    async function halfOpen(options?: BreakerOptions) {
      const parts = setup(options)
      await trip(parts.lines)
      await parts.clock.advance(5_000)
      return parts
    }

    it('lets exactly one call try', async () => {
      const { lines } = await halfOpen()
      expect(lines.status(1)).to.equal('open')
      const trial = lines.begin(1)
      expect([lines.status(1), lines.verdicts()[0]?.state]).to.deep.equal(['closed', 'half-open'])
      await trial.end('ok')
      expect(lines.status(1)).to.equal('open')
    })

    it('closes with a success, and counts from nothing', async () => {
      const { lines, clock } = await halfOpen()
      await lines.calls(1, 'ok')
      expect([lines.verdicts(), clock.pending]).to.deep.equal([[], 0])
      await lines.calls(1, ...times(4, 'fail'), 'ok', ...times(4, 'fail'), 'ok')
      expect(lines.status(1)).to.equal('open')
      await trip(lines)
      expect(lines.status(1)).to.equal('closed')
    })

    it('opens again with a failure, each time for twice as long, up to the longest', async () => {
      const { lines, clock } = await halfOpen({ maxCooldownMs: 30_000 })
      for (const cooldownMs of [10_000, 20_000, 30_000, 30_000]) {
        await lines.calls(1, 'fail')
        expect(lines.verdicts()[0]).to.include({ state: 'tripped', reason: 'a trial call failed' })
        await clock.advance(cooldownMs - 1)
        expect(lines.status(1)).to.equal('closed')
        await clock.advance(1)
        expect(lines.status(1)).to.equal('open')
      }
    })

    it('goes up to five minutes by default', async () => {
      const { lines, clock } = await halfOpen()
      for (let i = 0; i < 8; i++) {
        await lines.calls(1, 'fail')
        await clock.advance(300_000)
      }
      await lines.calls(1, 'fail')
      await clock.advance(299_999)
      expect(lines.status(1)).to.equal('closed')
      await clock.advance(1)
      expect(lines.status(1)).to.equal('open')
    })

    it('lets the next call try when the trial was canceled', async () => {
      const { lines, clock } = await halfOpen()
      await lines.calls(1, 'cancel')
      expect(lines.status(1)).to.equal('open')
      expect(clock.pending).to.equal(0)
      const trial = lines.begin(1)
      expect(lines.status(1)).to.equal('closed')
      await trial.end('fail')
      await clock.advance(10_000)
      expect(lines.status(1)).to.equal('open')
    })

    it('takes a trial that never ends for a failure, after one cool-down', async () => {
      const { lines, clock } = await halfOpen()
      const stuck = lines.begin(1)
      await clock.advance(4_999)
      expect(lines.verdicts()[0]?.state).to.equal('half-open')
      await clock.advance(1)
      expect(lines.verdicts()[0]).to.include({ state: 'tripped', reason: 'a trial call took more than 5000 ms' })
      await stuck.end('fail')
      await clock.advance(10_000)
      expect(lines.status(1)).to.equal('open')
    })

    it('is closed by a trial that succeeds late', async () => {
      const { lines, clock } = await halfOpen()
      const slow = lines.begin(1)
      await clock.advance(5_000)
      await slow.end('ok')
      expect([lines.status(1), lines.verdicts(), clock.pending]).to.deep.equal(['open', [], 0])
    })

    it('heeds only the trial when others fail meanwhile, and any that succeeds', async () => {
      const { lines } = await halfOpen()
      const [trial, other, third] = [lines.begin(1), lines.begin(1), lines.begin(1)]
      await other.end('fail')
      expect(lines.verdicts()[0]?.state).to.equal('half-open')
      await third.end('ok')
      expect(lines.status(1)).to.equal('open')
      await trial.end('fail')
      await lines.calls(1, ...times(4, 'fail'))
      expect(lines.status(1)).to.equal('open')
    })
  })

  it('begins with the shortest cool-down again once it was closed for as long as it had been open', async () => {
    const { lines, clock } = setup()
    const cooldown = async (): Promise<number> => {
      let ms = 0
      for (; lines.status(1) === 'closed'; ms += 500) await clock.advance(500)
      return ms
    }
    await trip(lines)
    expect(await cooldown()).to.equal(5_000)
    await lines.calls(1, 'ok')
    await clock.advance(4_999)
    await trip(lines)
    expect(await cooldown()).to.equal(10_000)
    await lines.calls(1, 'ok')
    await clock.advance(10_000)
    await trip(lines)
    expect(await cooldown()).to.equal(5_000)
  })

  it('ignores, once closed, what was begun before it opened or while it was open', async () => {
    const { lines, clock } = setup()
    const early = Array.from({ length: 5 }, () => lines.begin(1))
    await trip(lines)
    const between = Array.from({ length: 5 }, () => lines.begin(1))
    await clock.advance(5_000)
    await lines.calls(1, 'ok')
    for (const one of [...early, ...between]) await one.end('fail')
    expect(lines.status(1)).to.equal('open')
  })

  it('leaves no timer and no verdict when its peer leaves, and hears no late ends', async () => {
    const { lines, clock } = setup()
    const late = Array.from({ length: 5 }, () => lines.begin(1))
    await trip(lines)
    await lines.close(1)
    expect([clock.pending, lines.verdicts()]).to.deep.equal([0, []])
    for (const one of late) await one.end('fail')
    expect([clock.pending, lines.verdicts(), lines.line.closed]).to.deep.equal([0, [], [record(1).id]])
  })

  it('leaves no timer, and holds nothing against anyone, when its health is disposed', async () => {
    const { lines, clock } = setup()
    lines.open(2)
    await trip(lines)
    lines[Symbol.dispose]()
    expect([clock.pending, lines.verdicts(), lines.closed()]).to.deep.equal([0, [], []])
    await lines.calls(2, ...times(5, 'fail'))
    expect([clock.pending, lines.closed()]).to.deep.equal([0, []])
    await lines.close(1)
  })

  it('takes no success for a reason to begin again once its health is disposed', async () => {
    const { lines, clock } = setup()
    await trip(lines)
    const late = lines.begin(1)
    lines[Symbol.dispose]()
    await late.end('ok')
    await trip(lines)
    expect([clock.pending, lines.verdicts(), lines.status(1)]).to.deep.equal([0, [], 'open'])
  })

  it('asks the judge it is given', async () => {
    const { lines } = setup({ judge: () => 'nothing' })
    await lines.calls(1, ...times(50, 'fail'))
    expect(lines.status(1)).to.equal('open')
  })

  it('passes on replies, errors and what is thrown at once', async () => {
    const line = wire()
    const endpoint = breaker({ consecutiveFailures: 1 })().connect(line.connect)(record(1))
    expect(await endpoint.invoke(call())).to.deep.equal({ value: record(1).id })
    const failure = new Error('thrown at once')
    line.answer = () => {
      throw failure
    }
    expect(await endpoint.invoke(call()).catch((error: unknown) => error)).to.equal(failure)
    expect(endpoint.status).to.equal('closed')
    await endpoint[Symbol.asyncDispose]()
  })

  it('takes at most one timer a peer, and one call to close it, whatever happens', async () => {
    const step = fc.oneof(
      fc.constantFrom<Ending>('ok', 'fail', 'business', 'cancel'),
      fc.constant('begin' as const),
      fc.nat(12_000),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), fc.integer(), async (steps, seed) => {
        const { lines, clock } = setup({ rng: seededRng(seed), minCalls: 4, consecutiveFailures: 3 })
        const open = []
        for (const one of steps) {
          if (one === 'begin') open.push(lines.begin(1))
          else if (typeof one === 'number') await clock.advance(one)
          else if (open.length > 3) await open.shift()!.end(one)
          else await lines.calls(1, one)
          expect(clock.pending).to.be.at.most(1)
          expect(lines.verdicts()).to.have.length.at.most(1)
          if (lines.status(1) === 'closed') expect(clock.pending).to.equal(1)
        }
        await lines.calls(1, 'ok')
        expect([lines.status(1), clock.pending]).to.deep.equal(['open', 0])
      }),
      { numRuns: 60 },
    )
  })

  it('refuses options out of range, with the value', () => {
    const wrong: readonly (readonly [BreakerOptions, string])[] = [
      [{ failurePercent: 0 }, 'failurePercent must be a number from 1 to 100, got 0'],
      [{ failurePercent: 101 }, 'failurePercent must be a number from 1 to 100, got 101'],
      [{ minCalls: 0 }, 'minCalls must be an integer from 1 to 1000000, got 0'],
      [{ windowMs: 99 }, 'windowMs must be a number from 100 to 3600000, got 99'],
      [{ consecutiveFailures: 0 }, 'consecutiveFailures must be an integer from 1 to 1000000, got 0'],
      [{ cooldownMs: 9 }, 'cooldownMs must be a number from 10 to 3600000, got 9'],
      [{ maxCooldownMs: 4_999 }, 'maxCooldownMs must be a number from 5000 to 86400000, got 4999'],
    ]
    for (const [options, message] of wrong) expect(() => breaker(options)).to.throw(RangeError, message)
  })
})
