import { type Reply, RpcError } from '@kumquat/core'
import {
  type Answer,
  askAll,
  assertConcurrency,
  DEFAULT_CONCURRENCY,
  type Failed,
  failureOf,
  isFailed,
} from '../attempts/ask-all.ts'
import type { Strategy } from '../strategy.ts'

export interface FanOutOptions<R> {
  /** Makes one value of the values of all peers, in the order of the set, with their ids. Default: all, in an array. */
  readonly merge?: (values: readonly R[], ids: readonly string[]) => unknown
  /**
   * Whether some answers will do, as long as there is one. The value is then a `PartialResult`, complete or not. Default
   * false: each peer must answer.
   */
  readonly partial?: boolean
  /** How many are asked at one time, 1 or more. Default 100. */
  readonly concurrency?: number
}

/** What a fan-out answers when parts of it may be missing. */
export interface PartialResult<M = unknown> {
  /** Merged of the values of those who answered. */
  readonly merged: M
  /** Who did not, and why. Empty when nothing is missing. */
  readonly failures: readonly { readonly id: string; readonly error: unknown }[]
}

/**
 * Asks every peer, each of which has a part of the answer, and merges their values.
 *
 * Dubbo, dubbo-cluster/…/support/MergeableClusterInvoker.java.
 *
 * @throws RangeError on a concurrency out of range.
 */
export function fanOut<R = unknown>({
  merge = (values) => values,
  partial = false,
  concurrency = DEFAULT_CONCURRENCY,
}: FanOutOptions<R> = {}): Strategy {
  assertConcurrency(concurrency)
  return (targets) => async (invocation) => {
    const answers = await askAll(targets, invocation, concurrency)
    const failed = answers.filter(isFailed)
    const answered = answers.filter(isAnswered)
    if (failed.length > 0 && !(partial && answered.length > 0)) {
      throw failureOf(answers, failed, `${invocation.method} failed at ${failed.length} of ${answers.length} peers`)
    }
    const merged = mergedBy(merge, answered, invocation.method)
    if (!partial) return { value: merged }
    const failures = failed.map(({ peer, error }) => ({ id: peer.record.id, error }))
    return { value: { merged, failures } satisfies PartialResult }
  }
}

type Answered = Exclude<Answer, Failed>
const isAnswered = (answer: Answer): answer is Answered => !isFailed(answer)

function mergedBy<R>(
  merge: NonNullable<FanOutOptions<R>['merge']>,
  answered: readonly Answered[],
  method: string,
): Reply['value'] {
  try {
    return merge(
      answered.map(({ reply }) => reply.value as R),
      answered.map(({ peer }) => peer.record.id),
    )
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    throw new RpcError(
      'internal',
      `the answers of ${answered.length} peers to ${method} could not be merged: ${words}`,
      {
        outcome: 'ran',
        cause: error,
      },
    )
  }
}
