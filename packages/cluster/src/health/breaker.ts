import { type Clock, type Rng, systemClock, systemRng } from '@kumquat/core'
import { assertInteger, assertWithin } from '../range.ts'
import { BUCKETS } from '../windows/rolling-tally.ts'
import { SparingTime } from '../windows/sparing-time.ts'
import { Circuit, type CircuitOptions } from './circuit.ts'
import { Docket } from './docket.ts'
import type { HealthPolicy } from './health.ts'
import { type Judge, usualJudge } from './testimony.ts'
import { watched } from './watched.ts'

export interface BreakerOptions extends Partial<CircuitOptions> {
  /** What a failed call says of its peer. Default: see `usualJudge`. */
  readonly judge?: Judge
  readonly clock?: Clock
  readonly rng?: Rng
}

/**
 * A circuit breaker for each peer: after too many failures it is passed over for a cool-down, then one call may try it. A
 * success closes the circuit, a failure opens it for longer. A call that comes to an open circuit since nobody better is
 * left is made all the same, and proves as much by a success as a trial does.
 *
 * Nygard, "Release It!", 2007; the run of failures and the cool-down of equal jitter are those of Finagle's
 * liveness/FailureAccrualFactory.scala.
 *
 * @throws RangeError on an option out of range.
 */
export function breaker({
  failurePercent = 50,
  minCalls = 20,
  windowMs = 10_000,
  consecutiveFailures = 5,
  cooldownMs = 5_000,
  maxCooldownMs = 300_000,
  clock = systemClock,
  judge = usualJudge(clock),
  rng = systemRng,
}: BreakerOptions = {}): HealthPolicy {
  assertWithin('failurePercent', failurePercent, 1, 100)
  assertInteger('minCalls', minCalls, 1, 1_000_000)
  assertWithin('windowMs', windowMs, 100, 3_600_000)
  assertInteger('consecutiveFailures', consecutiveFailures, 1, 1_000_000)
  assertWithin('cooldownMs', cooldownMs, 10, 3_600_000)
  assertWithin('maxCooldownMs', maxCooldownMs, cooldownMs, 86_400_000)
  const options = { failurePercent, minCalls, windowMs, consecutiveFailures, cooldownMs, maxCooldownMs }
  return () => {
    const docket = new Docket()
    const time = new SparingTime(clock, windowMs / BUCKETS)
    return watched({
      verdicts: docket.verdicts,
      clock,
      lately: () => time.now(),
      judge,
      watch: ({ id }) => new Circuit(options, { id, docket, clock, rng }),
    })
  }
}
