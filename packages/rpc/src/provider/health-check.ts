import { type Clock, every, type Logger } from '@kumquat/core'
import { bounded } from '../waiting/bounded.ts'

/** What a provider asks itself, to leave the registry while it is not well. */
export interface HealthOptions {
  /**
   * Whether this process can do its work. Whatever is not `true`, an error and silence included, is a failure; the signal aborts
   * when its time is over. Ask only for what this process has of its own: a database that all share would send all of them away.
   */
  readonly check: (signal: AbortSignal) => boolean | Promise<boolean>
  /** From the end of a check to the next, in ms. 10 to 3 600 000, default 5 000. */
  readonly intervalMs?: number
  /** For a check to answer, in ms. 1 to 60 000, default 2 000. */
  readonly timeoutMs?: number
  /** In a row, until it leaves. 1 to 100, default 3. */
  readonly failures?: number
  /** In a row, until it is back. 1 to 100, default 2. */
  readonly successes?: number
}

export interface HealthCheckOptions {
  /** Told of every change, the first verdict included. */
  readonly told: (isWell: boolean) => void
  readonly clock: Clock
  readonly logger: Logger
}

/** A check that goes on until disposed. */
export interface HealthCheck extends Disposable {
  /** Resolves when the first check has been judged. Never rejects. */
  readonly judged: Promise<void>
}

/** Checks at once and then regularly, never twice at a time. The first verdict counts by itself, later ones in a row. */
export function healthCheck(health: HealthOptions, { told, clock, logger }: HealthCheckOptions): HealthCheck {
  const { intervalMs = 5_000, timeoutMs = 2_000, failures = 3, successes = 2 } = health
  let isWell: boolean | undefined
  let inARow = 0
  let isStopped = false
  let running: AbortController | undefined

  const judge = async (): Promise<void> => {
    const complaint = await ask()
    if (isStopped) return
    const passed = complaint === undefined
    if (passed === isWell) {
      inARow = 0
      return
    }
    inARow++
    if (isWell !== undefined && inARow < (passed ? successes : failures)) return
    isWell = passed
    inARow = 0
    if (passed) logger.info({}, 'well, says the health check')
    else logger.warn({ error: complaint }, 'not well, says the health check: out of the registry until it is')
    told(passed)
  }

  /** What was wrong. */
  const ask = async (): Promise<unknown> => {
    if (running !== undefined) return new Error('the check before has not ended')
    const controller = new AbortController()
    running = controller
    const asked = (async () => await health.check(controller.signal))()
    const ended = (): void => {
      running = undefined
    }
    asked.then(ended, ended)
    try {
      const otherwise = (): Error => new Error(`the check did not answer within ${timeoutMs} ms`)
      const answer: unknown = await bounded(asked, { clock, ms: timeoutMs, otherwise })
      return answer === true ? undefined : new Error(`the check answered ${String(answer)}, not true`)
    } catch (error) {
      controller.abort(error)
      return error ?? new Error('the check failed without a word')
    }
  }

  let timer: Disposable | undefined
  const judged = judge().then(() => {
    if (!isStopped) timer = every(clock, intervalMs, judge)
  })
  return {
    judged,
    [Symbol.dispose]() {
      isStopped = true
      timer?.[Symbol.dispose]()
      running?.abort(new Error('the provider stops'))
    },
  }
}

/** Throws `RangeError` or `TypeError` naming the first bad value. */
export function assertHealthOptions(health: HealthOptions): void {
  if (typeof health.check !== 'function')
    throw new TypeError(`health.check must be a function, got ${typeof health.check}`)
  for (const [name, least, most] of BOUNDS) {
    const value = health[name] ?? least
    if (Number.isInteger(value) && value >= least && value <= most) continue
    throw new RangeError(`health.${name} must be an integer from ${least} to ${most}, got ${value}`)
  }
}

const BOUNDS = [
  ['intervalMs', 10, 3_600_000],
  ['timeoutMs', 1, 60_000],
  ['failures', 1, 100],
  ['successes', 1, 100],
] as const
