import { Race } from '../attempts/race.ts'
import type { Strategy } from '../strategy.ts'

export interface ForkingOptions {
  /** Peers asked at once, 2 to 10. Default 2. */
  readonly forks?: number
}

/**
 * Asks several peers at once, takes the first reply and cancels the others; fails when all have. Buys speed with load, so it
 * is for few and light calls; `hedging` is the thrifty kind. What is not idempotent, or came to us as a retry, goes to one.
 *
 * Dubbo, dubbo-cluster/…/support/ForkingClusterInvoker.java, which cancels nobody.
 *
 * @throws RangeError on a number of forks out of range.
 */
export function forking({ forks = 2 }: ForkingOptions = {}): Strategy {
  if (!Number.isInteger(forks) || forks < 2 || forks > 10) {
    throw new RangeError(`forks must be an integer from 2 to 10, got ${forks}`)
  }
  return (targets) => async (invocation) => {
    const race = new Race(targets, invocation, {
      failed: () => {
        if (race.running === 0) race.giveUp()
      },
    })
    const most = invocation.idempotent && (invocation.attempt ?? 1) === 1 ? forks : 1
    while (race.sent < most && race.send());
    return race.reply
  }
}
