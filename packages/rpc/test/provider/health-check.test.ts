import { type HandClock, handClock, type RecordingLogger, recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import { assertHealthOptions, type HealthOptions, healthCheck } from '../../src/provider/health-check.ts'

describe('a health check', () => {
  const running: Disposable[] = []
  afterEach(() => {
    for (const one of running.splice(0)) one[Symbol.dispose]()
  })

  const begin = (check: HealthOptions['check'], more: Omit<HealthOptions, 'check'> = {}) => {
    const clock: HandClock = handClock()
    const logger = recordingLogger()
    const told: boolean[] = []
    let asked = 0
    const counted: HealthOptions['check'] = (signal) => {
      asked++
      return check(signal)
    }
    const checking = healthCheck({ check: counted, ...more }, { told: (isWell) => told.push(isWell), clock, logger })
    running.push(checking)
    return { clock, logger, told, checking, asked: () => asked }
  }
  /** A check that answers what stands in `answer.now`. */
  const switchable = (now = true) => {
    const answer = { now }
    return { answer, ...begin(() => answer.now) }
  }

  const complaint = ({ lines }: RecordingLogger): string =>
    String((lines[0]?.facts as { readonly error: unknown } | undefined)?.error)

  it('is made at once, and 5 s after the end of the one before', async () => {
    const { clock, checking, told, asked } = begin(() => true)
    await checking.judged
    expect(told).to.deep.equal([true])
    expect(asked()).to.equal(1)
    await clock.advance(4_999)
    expect(asked()).to.equal(1)
    await clock.advance(1)
    expect(asked()).to.equal(2)
    await clock.advance(50_000)
    expect(told).to.deep.equal([true])
  })

  it('is believed the first time, bad or good', async () => {
    const { checking, told, logger } = begin(() => false)
    await checking.judged
    expect(told).to.deep.equal([false])
    expect(logger.lines[0]).to.include({ level: 'warn' })
    expect(complaint(logger)).to.equal('Error: the check answered false, not true')
  })

  it('finds a provider unwell after three failures in a row, and well after two successes', async () => {
    const { clock, answer, checking, told } = switchable()
    await checking.judged
    const next = async (now: boolean): Promise<readonly boolean[]> => {
      answer.now = now
      await clock.advance(5_000)
      return told.slice(1)
    }
    expect(await next(false)).to.deep.equal([])
    expect(await next(false)).to.deep.equal([])
    expect(await next(true), 'the row is broken').to.deep.equal([])
    expect(await next(false)).to.deep.equal([])
    expect(await next(false)).to.deep.equal([])
    expect(await next(false)).to.deep.equal([false])
    expect(await next(true)).to.deep.equal([false])
    expect(await next(false), 'the row is broken').to.deep.equal([false])
    expect(await next(true)).to.deep.equal([false])
    expect(await next(true)).to.deep.equal([false, true])
  })

  it('counts an error, a rejection and an answer that is not true as failures, and says which', async () => {
    for (const [check, said] of [
      [() => Promise.reject(new Error('disk full')), 'Error: disk full'],
      [() => Promise.reject(undefined), 'Error: the check failed without a word'],
      [() => 'yes' as never, 'Error: the check answered yes, not true'],
      [() => Promise.resolve() as never, 'Error: the check answered undefined, not true'],
      [
        () => {
          throw new TypeError('no disk')
        },
        'TypeError: no disk',
      ],
    ] as const) {
      const { checking, told, logger } = begin(check)
      await checking.judged
      expect(told).to.deep.equal([false])
      expect(complaint(logger)).to.equal(said)
    }
  })

  it('that hangs has failed after 2 s, is told so, and is not made again before it ends', async () => {
    let end: (isWell: boolean) => void = () => {}
    let aborted = false
    const { clock, told, asked } = begin(
      (signal) => {
        signal.addEventListener('abort', () => {
          aborted = true
        })
        return new Promise<boolean>((resolve) => {
          end = resolve
        })
      },
      { failures: 1, successes: 1 },
    )
    await clock.advance(1_999)
    expect([told, aborted]).to.deep.equal([[], false])
    await clock.advance(1)
    expect([told, aborted]).to.deep.equal([[false], true])
    await clock.advance(60_000)
    expect([told, asked()], 'it hangs on').to.deep.equal([[false], 1])
    end(true)
    await clock.advance(5_000)
    expect(asked()).to.equal(2)
    end(true)
    await clock.advance(0)
    expect(told).to.deep.equal([false, true])
  })

  it('tells nobody of a check that ends after the stop, and leaves no timer', async () => {
    let end: (isWell: boolean) => void = () => {}
    let aborted = false
    const { clock, checking, told } = begin((signal) => {
      signal.addEventListener('abort', () => {
        aborted = true
      })
      return new Promise<boolean>((resolve) => {
        end = resolve
      })
    })
    checking[Symbol.dispose]()
    expect(aborted).to.equal(true)
    end(true)
    await checking.judged
    await clock.advance(100_000)
    expect(told).to.deep.equal([])
    expect(clock.pending).to.equal(0)

    const idle = begin(() => true)
    await idle.checking.judged
    idle.checking[Symbol.dispose]()
    expect(idle.clock.pending).to.equal(0)
  })

  it('takes what is within its bounds', () => {
    const check = () => true
    for (const health of [
      { check },
      { check, intervalMs: 10, timeoutMs: 1, failures: 1, successes: 1 },
      { check, intervalMs: 3_600_000, timeoutMs: 60_000, failures: 100, successes: 100 },
    ]) {
      assertHealthOptions(health)
    }
    for (const [bad, message] of [
      [{ intervalMs: 9 }, 'health.intervalMs must be an integer from 10 to 3600000, got 9'],
      [{ timeoutMs: 0 }, 'health.timeoutMs must be an integer from 1 to 60000, got 0'],
      [{ failures: 101 }, 'health.failures must be an integer from 1 to 100, got 101'],
      [{ successes: 1.5 }, 'health.successes must be an integer from 1 to 100, got 1.5'],
    ] as const) {
      expect(() => assertHealthOptions({ check, ...bad })).to.throw(RangeError, message)
    }
    expect(() => assertHealthOptions({ check: true as never })).to.throw(TypeError, 'health.check must be a function')
  })
})
