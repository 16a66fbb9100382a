import { type Clock, type Invocation, type Reply, RpcError, remainingMs, systemClock } from '@kumquat/core'
import { NO_BUDGET, noted } from '../attempts/noted.ts'
import { Race, Superseded } from '../attempts/race.ts'
import { isAwaited, isRepeatable, pushbackMs } from '../attempts/repeatable.ts'
import type { Peer } from '../peer.ts'
import { type RetryBudget, retryBudget } from '../retry-budget.ts'
import type { Strategy, Targets } from '../strategy.ts'
import { type LivePercentile, livePercentile } from '../windows/latency.ts'

export interface HedgingOptions {
  /** Further attempts after the first, 1 to 4. Default 1. */
  readonly hedges?: number
  /**
   * Hedges for 100 calls, above 0 and below 100. It also says what is late: slower than all but so many of the recent calls
   * of a method. Default 5, that is the 95th percentile.
   */
  readonly maxExtraPercent?: number
  /** No hedge goes out earlier, 1 or more. Default 1. */
  readonly minDelayMs?: number
  /** Pays for hedges too, beside the limit above. Default: one of its own, `retryBudget()`. */
  readonly budget?: RetryBudget
  readonly clock?: Clock
}

/**
 * Asks a second peer when the reply of the first is late, takes the first reply and cancels the other. Only idempotent calls
 * are hedged. A failure that is safe to repeat sends the next attempt at once, or when the peer allows; any other ends the
 * call. What came to us as a retry gets one attempt.
 *
 * Dean and Barroso, "The Tail at Scale", 2013; Finagle, finagle-core/…/client/BackupRequestFilter.scala; failures: gRFC A6.
 *
 * @throws RangeError on an option out of range.
 */
export function hedging({
  hedges = 1,
  maxExtraPercent = 5,
  minDelayMs = 1,
  clock = systemClock,
  budget = retryBudget({ clock }),
}: HedgingOptions = {}): Strategy {
  if (!Number.isInteger(hedges) || hedges < 1 || hedges > 4) {
    throw new RangeError(`hedges must be an integer from 1 to 4, got ${hedges}`)
  }
  if (!(maxExtraPercent > 0 && maxExtraPercent < 100)) {
    throw new RangeError(`maxExtraPercent must be above 0 and below 100, got ${maxExtraPercent}`)
  }
  if (!(minDelayMs >= 1 && minDelayMs <= MAX_DELAY_MS)) {
    throw new RangeError(`minDelayMs must be from 1 to ${MAX_DELAY_MS}, got ${minDelayMs}`)
  }
  const extra = retryBudget({ percent: maxExtraPercent, minPerSecond: 0, clock })
  const pay = (isHedge: boolean): boolean => {
    if (isHedge && extra.balance === 0) return false
    return budget.withdraw() && (!isHedge || extra.withdraw())
  }

  const serve = (targets: Targets, invocation: Invocation, latency: LivePercentile | undefined): Promise<Reply> => {
    let left = (invocation.attempt ?? 1) > 1 ? 0 : hedges
    let timer: Disposable | undefined
    const disarm = (): void => {
      timer?.[Symbol.dispose]()
      timer = undefined
    }
    /** Sends the next attempt after a while, or never, if the deadline comes first. */
    const sendIn = (delayMs: number | undefined, isHedge: boolean): void => {
      disarm()
      if (left === 0 || delayMs === undefined) return
      if (delayMs >= Math.min(remainingMs(invocation, clock), MAX_DELAY_MS)) return
      timer = clock.after(delayMs, () => {
        timer = undefined
        sendNow(isHedge)
      })
    }
    const sendNow = (isHedge: boolean): void => {
      const isWanted = isAwaited(invocation, clock) && race.isAnyLeft
      const isPaid = isWanted && pay(isHedge)
      left = isPaid ? left - 1 : 0
      if (isPaid && race.send()) sendIn(lateAfterMs(), true)
      else if (race.running === 0) race.giveUp((failure) => (isWanted ? noted(failure, NO_BUDGET) : failure))
    }
    const lateAfterMs = (): number | undefined => {
      const late = latency?.value
      return late === undefined ? undefined : Math.max(late, minDelayMs)
    }
    const race = new Race(targets, invocation, {
      ended: disarm,
      ...(latency && { run: (peer, own) => timed(peer, own, latency, clock) }),
      failed(error) {
        if (!isRepeatable(error, invocation) || !isAwaited(invocation, clock)) return race.giveUp()
        const pushback = pushbackMs(error)
        if (pushback === Number.POSITIVE_INFINITY) left = 0
        if (left > 0 && pushback === undefined) {
          disarm()
          return sendNow(false)
        }
        if (pushback !== undefined) sendIn(pushback, false)
        if (race.running === 0 && timer === undefined) race.giveUp()
      },
    })
    if (race.send()) sendIn(lateAfterMs(), true)
    return race.reply
  }

  return (targets) => {
    const latencies = new Map<string, LivePercentile>()
    const latencyOf = (method: string): LivePercentile => {
      const known = latencies.get(method)
      if (known !== undefined) return known
      if (latencies.size === MAX_METHODS) latencies.delete(latencies.keys().next().value!)
      const fresh = livePercentile({ percentile: 100 - maxExtraPercent, clock })
      latencies.set(method, fresh)
      return fresh
    }
    return async (invocation) => {
      if ((invocation.attempt ?? 1) === 1) {
        budget.deposit()
        if (invocation.idempotent) extra.deposit()
      }
      return serve(targets, invocation, invocation.idempotent ? latencyOf(invocation.method) : undefined)
    }
  }
}

const MAX_DELAY_MS = 60_000
/** Of one service: 4 KB each. The eldest goes. */
const MAX_METHODS = 256

/**
 * Records how long an attempt took if it answered, ran into the deadline, or was superseded: all but those that failed fast,
 * which say nothing of slowness, as Finagle has it.
 */
async function timed(peer: Peer, invocation: Invocation, latency: LivePercentile, clock: Clock): Promise<Reply> {
  const begun = clock.now()
  const record = (): void => latency.record(clock.now() - begun)
  try {
    const reply = await peer.invoke(invocation)
    record()
    return reply
  } catch (error) {
    if (invocation.signal?.reason instanceof Superseded || (RpcError.is(error) && error.code === 'deadline_exceeded'))
      record()
    throw error
  }
}
