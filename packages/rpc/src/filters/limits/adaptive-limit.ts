import { Cell, type Filter, type Live, type Reply } from '@kumquat/core'
import { integerIn } from '../../integer-in.ts'
import { assertWithin } from '../../range.ts'
import type { ServedCall } from '../../transport.ts'
import { DurationWindow } from './duration-window.ts'
import { Gradient2 } from './gradient2.ts'
import { LoopLag } from './loop-lag.ts'
import { priorityOf } from './priority.ts'
import { type QueueOptions, queueOptions } from './queue-options.ts'
import { shed } from './shed.ts'
import { Turnstile } from './turnstile.ts'

export interface AdaptiveLimitOptions extends QueueOptions {
  /** Calls under way at a time to begin with, within `min` and `max`. Default 20. */
  readonly initial?: number
  /** The limit is never less, 1 to 1 000 000. Default 4. */
  readonly min?: number
  /** The limit is never more, `min` to 1 000 000. Default 1 000. */
  readonly max?: number
  /** How many times the usual duration of calls is still borne, 1 to 10. Default 1.5. */
  readonly tolerance?: number
  /** Weight of what the newest window says, above 0 to 1. Default 0.2. */
  readonly smoothing?: number
  /** Windows over which the usual duration is taken, 10 to 100 000. Default 600. */
  readonly longWindow?: number
  /** What the limit may grow by in a window, before smoothing, 1 to 1 000. Default 4. */
  readonly headroom?: number
  /** How often the limit is thought over, if 10 calls or more have ended since. 100 to 60 000 ms, default 1 000. */
  readonly windowMs?: number
  /**
   * How late the event loop may be: above it the limit shrinks and `bulk` calls are refused, above three times as much `normal`
   * ones too. 5 to 10 000 ms, default 50.
   */
  readonly maxLagMs?: number
}

/** A filter, and the limit that it has found. */
export interface AdaptiveLimit extends Filter<ServedCall, Reply> {
  /** Calls under way at a time, as it changes. */
  readonly limit: Live<number>
}

/**
 * A `limit()` that finds its number by itself: it grows while calls take no longer than usual, and shrinks when they do, or when
 * the event loop is late. For a provider whose methods take about the same time; a method that waits long by design, such
 * as one that waits for news, belongs to another provider. See `Gradient2` for the algorithm.
 *
 * @throws RangeError on an option out of range.
 */
export function adaptiveLimit({
  initial = 20,
  min = 4,
  max = 1_000,
  tolerance = 1.5,
  smoothing = 0.2,
  longWindow = 600,
  headroom = 4,
  windowMs = 1_000,
  maxLagMs = 50,
  ...waiting
}: AdaptiveLimitOptions = {}): AdaptiveLimit {
  integerIn('min', min, 1, 1_000_000)
  integerIn('max', max, min, 1_000_000)
  integerIn('initial', initial, min, max)
  assertWithin('tolerance', tolerance, 1, 10)
  assertWithin('smoothing', smoothing, Number.MIN_VALUE, 1)
  integerIn('longWindow', longWindow, 10, 100_000)
  integerIn('headroom', headroom, 1, 1_000)
  assertWithin('windowMs', windowMs, 100, 60_000)
  assertWithin('maxLagMs', maxLagMs, 5, 10_000)
  const queue = queueOptions(waiting)
  const { clock, retryAfterMs } = queue
  const algorithm = new Gradient2({ initial, min, max, tolerance, smoothing, longWindow, headroom })
  const turnstile = new Turnstile({ max: initial, ...queue })
  const lag = new LoopLag(clock)
  const window = new DurationWindow({ windowMs, minCalls: MIN_CALLS, clock })
  const current = new Cell(initial)

  const refuseLate = (call: ServedCall): void => {
    const lateMs = lag.ms
    if (lateMs <= maxLagMs) return
    const priority = priorityOf(call)
    if (priority === 'critical' || (priority === 'normal' && lateMs <= NORMAL_BEARS * maxLagMs)) return
    throw shed(call, `the event loop is ${Math.round(lateMs)} ms late, too much for a ${priority} call`, retryAfterMs)
  }
  const ended = (durationMs: number, inFlight: number): void => {
    const seen = window.add(durationMs, inFlight)
    if (seen === undefined) return
    algorithm.update({ ...seen, lateness: lag.ms / maxLagMs })
    turnstile.max = algorithm.limit
    current.set(algorithm.limit)
  }
  const filter: Filter<ServedCall, Reply> = (next) => async (call) => {
    lag.noteWork()
    refuseLate(call)
    if (!turnstile.enter()) await turnstile.turn(call)
    const startedAt = clock.now()
    const inFlight = turnstile.inside
    try {
      return await next(call)
    } finally {
      turnstile.leave()
      // How long a stream lasts says nothing of this machine.
      if (call.stream === undefined) ended(clock.now() - startedAt, inFlight)
    }
  }
  return Object.assign(filter, { limit: current })
}

const MIN_CALLS = 10
const NORMAL_BEARS = 3
