import { byLatency, type OutlierEjectionOptions, outlierEjection, usualDetectors } from '@kumquat/cluster'
import type { Invocation } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { record } from '../parts.ts'
import { type Ending, times, watchedLines } from './watched-lines.ts'

const row = (size: number): readonly number[] => Array.from({ length: size }, (_, n) => n + 1)

function setup(size: number, options: OutlierEjectionOptions = {}) {
  const clock = handClock()
  const lines = watchedLines(outlierEjection({ clock, ...options }))
  lines.open(...row(size))
  return { clock, lines }
}

describe('outlierEjection', () => {
  it('takes no peer for slow because its streams are long', async () => {
    const { lines, clock } = setup(4, { detectors: [byLatency({ minCalls: 2 })], maxEjectedPercent: 100 })
    const ended = async (n: number, ms: number, known: Partial<Invocation> = {}): Promise<void> => {
      const open = lines.begin(n, known)
      await clock.advance(ms)
      await open.end('ok')
    }
    for (const n of row(4)) {
      await ended(n, 20)
      await ended(n, n === 1 ? 2_000 : 20, n === 1 ? { stream: 'server' } : {})
    }
    await clock.advance(10_000)
    expect(lines.closed()).to.deep.equal([])
    for (const n of row(4)) for (const ms of [20, n === 1 ? 2_000 : 20]) await ended(n, ms)
    await clock.advance(10_000)
    expect(lines.closed()).to.deep.equal([1])
  })

  it('ejects with the fifth failure in a row, at once, and tells why', async () => {
    const { lines, clock } = setup(2)
    await clock.advance(1_234)
    await lines.calls(1, ...times(4, 'fail'), 'ok', ...times(4, 'fail'), 'cancel')
    expect(lines.closed()).to.deep.equal([])
    await lines.calls(1, 'fail')
    expect(lines.closed()).to.deep.equal([1])
    expect(lines.verdicts()).to.deep.equal([
      {
        id: record(1).id,
        policy: 'outlier ejection',
        state: 'ejected',
        reason: '5 failures in a row',
        since: 1_800_000_001_234,
      },
    ])
  })

  it('takes errors of methods for signs of life', async () => {
    const { lines } = setup(2)
    await lines.calls(1, ...times(4, 'fail'), 'business', ...times(4, 'fail'), ...times(9, 'business'))
    expect(lines.closed()).to.deep.equal([])
  })

  it('gives it back at the first look after 30 s', async () => {
    const { lines, clock } = setup(2)
    await clock.advance(1)
    await lines.calls(1, ...times(5, 'fail'))
    await clock.advance(39_998)
    expect(lines.closed()).to.deep.equal([1])
    await clock.advance(1)
    expect([lines.closed(), lines.verdicts()]).to.deep.equal([[], []])
    await lines.calls(1, ...times(4, 'fail'))
    expect(lines.closed()).to.deep.equal([])
  })

  it('gives it back at a look exactly 30 s later', async () => {
    const { lines, clock } = setup(2)
    await clock.advance(10_000)
    await lines.calls(1, ...times(5, 'fail'))
    await clock.advance(29_999)
    expect(lines.closed()).to.deep.equal([1])
    await clock.advance(1)
    expect(lines.closed()).to.deep.equal([])
  })

  it('ejects for longer each time, up to the longest, and for less again after intervals in health', async () => {
    const { lines, clock } = setup(2, { maxEjectionMs: 80_000 })
    const ejectedFor = async (): Promise<number> => {
      await lines.calls(1, ...times(5, 'fail'))
      let ms = 0
      for (; lines.closed().length > 0; ms += 10_000) await clock.advance(10_000)
      return ms
    }
    expect(await ejectedFor()).to.equal(30_000)
    expect(await ejectedFor()).to.equal(60_000)
    expect(await ejectedFor()).to.equal(80_000)
    expect(await ejectedFor()).to.equal(80_000)
    await clock.advance(20_000)
    expect(await ejectedFor()).to.equal(80_000)
    await clock.advance(20_000)
    expect(await ejectedFor()).to.equal(60_000)
    await clock.advance(990_000)
    expect(await ejectedFor()).to.equal(30_000)
  })

  it('ejects for five minutes at most by default', async () => {
    const { lines, clock } = setup(2)
    for (let i = 0; i < 12; i++) {
      await lines.calls(1, ...times(5, 'fail'))
      if (i < 11) while (lines.closed().length > 0) await clock.advance(10_000)
    }
    await clock.advance(299_999)
    expect(lines.closed()).to.deep.equal([1])
    await clock.advance(1)
    expect(lines.closed()).to.deep.equal([])
  })

  it('looks at all of them once an interval: low success rate, many failures, slow answers', async () => {
    const slow = setup(3)
    for (const n of [1, 2, 3]) {
      for (let i = 0; i < 50; i++) {
        const one = slow.lines.begin(n)
        if (n === 3 && i % 5 === 0) await slow.clock.advance(300)
        await one.end('ok')
      }
    }
    await slow.clock.advance(6_999)
    expect(slow.lines.closed()).to.deep.equal([])
    await slow.clock.advance(1)
    expect(slow.lines.verdicts()[0]?.reason).to.equal(
      'its calls took 60.0 ms on average, those of the others about 0.0 ms',
    )

    const failing = setup(5, { consecutiveFailures: 1_000 })
    for (const n of row(5)) await failing.lines.calls(n, ...times(n === 2 ? 50 : 0, 'fail'), ...times(50, 'ok'))
    for (const n of row(5)) await failing.lines.calls(n, ...times(50, 'ok'))
    await failing.clock.advance(10_000)
    expect(failing.lines.verdicts().map(({ id, reason }) => [id, reason])).to.deep.equal([
      [record(2).id, "66.7 % of its calls succeeded, of the others' about 93.3 %"],
    ])

    const broken = setup(5, { consecutiveFailures: 1_000 })
    for (const n of row(5)) await broken.lines.calls(n, ...times(50, n === 4 ? 'fail' : 'ok'))
    await broken.clock.advance(10_000)
    expect(broken.lines.verdicts()[0]?.reason).to.equal('50 of 50 calls failed')
  })

  it('judges each interval by itself', async () => {
    const { lines, clock } = setup(5, { consecutiveFailures: 1_000 })
    for (const n of row(5)) await lines.calls(n, ...times(49, n === 4 ? 'fail' : 'ok'))
    await clock.advance(10_000)
    for (const n of row(5)) await lines.calls(n, ...times(49, n === 4 ? 'fail' : 'ok'))
    await clock.advance(10_000)
    expect(lines.closed()).to.deep.equal([])
  })

  it('leaves out of its statistics who is ejected, and what it does meanwhile', async () => {
    const seen: (readonly string[])[] = []
    const { lines, clock } = setup(3, {
      detectors: [
        (samples) => {
          seen.push(samples.map(({ calls, failures, meanMs }) => `${failures}/${calls} ${meanMs}`))
          return []
        },
      ],
    })
    await lines.calls(2, ...times(7, 'fail'))
    await lines.calls(1, 'ok', 'cancel')
    await clock.advance(10_000)
    await lines.calls(2, ...times(9, 'fail'))
    await clock.advance(30_000)
    const [whileEjected, after] = [
      ['0/0 0', '0/0 0'],
      ['0/0 0', '0/0 0', '0/0 0'],
    ]
    expect(seen).to.deep.equal([['0/1 0', '0/0 0'], whileEjected, whileEjected, after])
  })

  it('is not prolonged by what an ejected one does', async () => {
    const { lines, clock } = setup(20)
    await lines.calls(1, ...times(5, 'fail'))
    await clock.advance(20_000)
    await lines.calls(1, ...times(9, 'fail'))
    expect(lines.verdicts()[0]?.reason).to.equal('5 failures in a row')
    await clock.advance(10_000)
    expect(lines.closed()).to.deep.equal([])
    await lines.calls(1, ...times(5, 'fail'))
    await clock.advance(50_000)
    expect(lines.closed()).to.deep.equal([1])
    await clock.advance(10_000)
    expect(lines.closed()).to.deep.equal([])
  })

  it('takes the worst where not all may be ejected', async () => {
    const { lines, clock } = setup(5, { consecutiveFailures: 1_000 })
    for (const n of row(5)) await lines.calls(n, ...times(45, 'fail'), ...times(5, n === 3 ? 'fail' : 'ok'))
    await clock.advance(10_000)
    expect(lines.closed()).to.deep.equal([3])
  })

  it('ejects one of up to nineteen, two of twenty, never one that is alone', async () => {
    for (const [size, most] of [
      [1, 0],
      [2, 1],
      [19, 1],
      [20, 2],
      [30, 3],
    ] as const) {
      const { lines } = setup(size)
      for (const n of row(size)) await lines.calls(n, ...times(6, 'fail'))
      expect(lines.closed()).to.have.length(most)
    }
  })

  it('ejects one that goes on failing as soon as there is room', async () => {
    const { lines } = setup(2)
    await lines.calls(1, ...times(5, 'fail'))
    await lines.calls(2, ...times(7, 'fail'))
    expect(lines.closed()).to.deep.equal([1])
    lines.open(...row(20).slice(2))
    await lines.calls(2, 'fail')
    expect(lines.closed()).to.deep.equal([1, 2])
    expect(lines.verdicts()[1]?.reason).to.equal('8 failures in a row')
  })

  it('gives back who was ejected first when peers leave, so that there are never too many', async () => {
    const { lines } = setup(20)
    await lines.calls(2, ...times(5, 'fail'))
    await lines.calls(1, ...times(5, 'fail'))
    expect(lines.closed()).to.deep.equal([1, 2])
    await lines.close(20)
    expect(lines.closed()).to.deep.equal([1])
    for (const n of row(19).slice(1)) await lines.close(n)
    expect(lines.closed()).to.deep.equal([])
  })

  it('makes room when an ejected one leaves, and holds nothing against it any more', async () => {
    const { lines } = setup(3)
    const late = Array.from({ length: 5 }, () => lines.begin(1))
    await lines.calls(1, ...times(5, 'fail'))
    await lines.close(1)
    expect(lines.verdicts()).to.deep.equal([])
    for (const one of late) await one.end('fail')
    expect(lines.verdicts()).to.deep.equal([])
    await lines.calls(2, ...times(5, 'fail'))
    expect(lines.closed()).to.deep.equal([2])
  })

  it('begins looking with the first line and stops with the last', async () => {
    const { lines, clock } = setup(0)
    expect(clock.pending).to.equal(0)
    lines.open(1, 2)
    expect(clock.pending).to.equal(1)
    await lines.close(1)
    expect(clock.pending).to.equal(1)
    await lines.close(2)
    expect(clock.pending).to.equal(0)
    lines.open(1)
    await clock.advance(25_000)
    expect(clock.pending).to.equal(1)
    lines[Symbol.dispose]()
    expect(clock.pending).to.equal(0)
  })

  it('holds nothing against anybody once disposed', async () => {
    const { lines, clock } = setup(4)
    await lines.calls(1, ...times(5, 'fail'))
    lines[Symbol.dispose]()
    await lines.calls(2, ...times(5, 'fail'))
    expect([lines.closed(), lines.verdicts(), clock.pending]).to.deep.equal([[], [], 0])
    await lines.close(1)
  })

  it('looks by three detectors unless told otherwise', () => {
    expect(usualDetectors()).to.have.length(3)
  })

  it('never has more out of use than allowed, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({
        n: fc.integer({ min: 1, max: 30 }),
        ending: fc.constantFrom<Ending>('ok', 'fail'),
        count: fc.nat(12),
      }),
      fc.record({ leave: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ join: fc.integer({ min: 1, max: 30 }) }),
      fc.record({ ms: fc.nat(45_000) }),
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { maxLength: 80 }),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom(0, 10, 35, 100),
        async (steps, size, percent) => {
          const blameAll = usualDetectors().concat((samples) => samples.map(({ id }) => ({ id, reason: 'all' })))
          const { lines, clock } = setup(size, { maxEjectedPercent: percent, detectors: blameAll })
          const present = new Set(row(size))
          for (const one of steps) {
            if ('ms' in one) await clock.advance(one.ms)
            else if ('join' in one) {
              if (!present.has(one.join)) lines.open(one.join)
              present.add(one.join)
            } else if ('leave' in one) {
              if (present.delete(one.leave)) await lines.close(one.leave)
            } else if (present.has(one.n)) await lines.calls(one.n, ...times(one.count, one.ending))
            const most = present.size < 2 ? 0 : Math.max(1, Math.floor((present.size * percent) / 100))
            expect(lines.closed().length).to.be.at.most(most)
            expect(lines.verdicts().map(({ id }) => id)).to.have.members(lines.closed().map((n) => record(n).id))
            expect(clock.pending).to.equal(present.size === 0 ? 0 : 1)
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('refuses options out of range, with the value', () => {
    const wrong: readonly (readonly [OutlierEjectionOptions, string])[] = [
      [{ intervalMs: 99 }, 'intervalMs must be a number from 100 to 3600000, got 99'],
      [{ baseEjectionMs: 99 }, 'baseEjectionMs must be a number from 100 to 3600000, got 99'],
      [{ maxEjectionMs: 29_999 }, 'maxEjectionMs must be a number from 30000 to 86400000, got 29999'],
      [{ maxEjectedPercent: 101 }, 'maxEjectedPercent must be a number from 0 to 100, got 101'],
      [{ consecutiveFailures: 0 }, 'consecutiveFailures must be an integer from 1 to 1000000, got 0'],
    ]
    for (const [options, message] of wrong) expect(() => outlierEjection(options)).to.throw(RangeError, message)
  })
})
