import { askAll, assertConcurrency, DEFAULT_CONCURRENCY, failureOf, isFailed } from '../attempts/ask-all.ts'
import type { Strategy } from '../strategy.ts'

export interface BroadcastOptions {
  /** Which share of the peers may fail, in percent, 0 to 100. Default 0. */
  readonly maxFailedPercent?: number
  /** How many are asked at one time, 1 or more. Default 100. */
  readonly concurrency?: number
}

/**
 * Tells every peer, whatever the others say: caches to clear, levels to set. Answers with the reply of the first in the set
 * that succeeded. Fails if more than the share failed, and if all did: with each failure in the `details`.
 *
 * Dubbo, dubbo-cluster/…/support/BroadcastClusterInvoker.java, which fails whatever the share.
 *
 * @throws RangeError on an option out of range.
 */
export function broadcast({
  maxFailedPercent = 0,
  concurrency = DEFAULT_CONCURRENCY,
}: BroadcastOptions = {}): Strategy {
  if (!(maxFailedPercent >= 0 && maxFailedPercent <= 100)) {
    throw new RangeError(`maxFailedPercent must be from 0 to 100, got ${maxFailedPercent}`)
  }
  assertConcurrency(concurrency)
  return (targets) => async (invocation) => {
    const answers = await askAll(targets, invocation, concurrency)
    const failed = answers.filter(isFailed)
    const done = answers.find((answer) => !isFailed(answer))
    if (done?.reply !== undefined && failed.length * 100 <= maxFailedPercent * answers.length) return done.reply
    const words = `${invocation.method} failed at ${failed.length} of ${answers.length} peers, more than ${maxFailedPercent} %`
    throw failureOf(answers, failed, done === undefined ? `${invocation.method} failed at every peer` : words)
  }
}
