import {
  type Clock,
  type Filter,
  formatServiceKey,
  type Invocation,
  type Reply,
  type Rng,
  RpcError,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { type Judge, usualJudge } from '../health/testimony.ts'
import { assertInteger, assertWithin } from '../range.ts'
import { RollingTally } from '../windows/rolling-tally.ts'

export interface ThrottleOptions {
  /** Calls are held back when there are more than this many times those accepted: 1 to 100, the lower the sooner. Default 2. */
  readonly k?: number
  /** What is older does not count, 100 to 3 600 000. Default 10 000. */
  readonly windowMs?: number
  /** Calls in the window below which none is held back, from 0. Default 50. */
  readonly minCalls?: number
  /** Share of calls held back at most, 0 to 100. Default 80, as in Envoy: the others find out when it is over. */
  readonly maxRefusedPercent?: number
  /** Told when calls begin to be held back, and when that is over. Must not throw. */
  readonly onChange?: (throttling: boolean) => void
  /** What a failed call says of who serves it. Default: see `usualJudge`. */
  readonly judge?: Judge
  readonly clock?: Clock
  readonly rng?: Rng
}

/**
 * Holds back calls here, by chance, while those who serve them refuse or fail too many: with the probability
 * max(0, (calls - k × accepted) / (calls + 1)). What was held back counts as a call, so that more demand is held back more.
 * It is refused with `resource_exhausted`, `not-run`. Keeps count for each service it is put around.
 *
 * Beyer et al., "Site Reliability Engineering", 2016, chapter 21, client-side throttling; the cap is of Envoy's
 * admission_control.
 *
 * @throws RangeError on an option out of range.
 */
export function throttle({
  k = 2,
  windowMs = 10_000,
  minCalls = 50,
  maxRefusedPercent = 80,
  onChange = ignore,
  clock = systemClock,
  judge = usualJudge(clock),
  rng = systemRng,
}: ThrottleOptions = {}): Filter<Invocation, Reply> {
  assertWithin('k', k, 1, 100)
  assertWithin('windowMs', windowMs, 100, 3_600_000)
  assertInteger('minCalls', minCalls, 0, 1_000_000_000)
  assertWithin('maxRefusedPercent', maxRefusedPercent, 0, 100)
  const mostRefused = maxRefusedPercent / 100
  return (next) => {
    const tally = new RollingTally(windowMs)
    let throttling = false
    const refusedShare = (): number => {
      tally.advance(clock.now())
      const { events: calls, marked: accepted } = tally
      if (calls < minCalls) return 0
      return Math.min(mostRefused, Math.max(0, (calls - k * accepted) / (calls + 1)))
    }
    return async (invocation) => {
      const share = refusedShare()
      if (share > 0 !== throttling) {
        throttling = !throttling
        onChange(throttling)
      }
      // Counted when it begins, not when it ends, or a slow outage would be noticed late.
      tally.add(clock.now(), 1, 0)
      if (share > 0 && rng() < share) throw refused(invocation, share)
      try {
        const reply = await next(invocation)
        tally.add(clock.now(), 0, 1)
        return reply
      } catch (error) {
        if (wasAccepted(judge, error, invocation)) tally.add(clock.now(), 0, 1)
        throw error
      }
    }
  }
}

const ignore = (): void => {}

/** Whatever is no failure, and no refusal under load. */
const wasAccepted = (judge: Judge, error: unknown, invocation: Invocation): boolean =>
  judge(error, invocation) !== 'fails' &&
  !(RpcError.is(error) && error.code === 'resource_exhausted' && error.outcome !== 'ran')

function refused({ service, method }: Invocation, share: number): RpcError {
  const message = `${formatServiceKey(service)}/${method} was held back here: most calls of late were refused or failed, so ${Math.round(share * 100)} % are not sent; call less, or see what is wrong with its providers`
  return new RpcError('resource_exhausted', message, { outcome: 'not-run' })
}
