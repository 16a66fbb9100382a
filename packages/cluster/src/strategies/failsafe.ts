import type { Invocation } from '@kumquat/core'
import type { Strategy } from '../strategy.ts'
import { failfast } from './failfast.ts'

export interface FailsafeOptions {
  /** What a failed call answers. Default `undefined`. */
  readonly value?: unknown
  /** How to try before that. Default `failfast()`. */
  readonly strategy?: Strategy
  /** Told of every failure, for the log: the caller does not learn of it. Must not throw. Default: ignored. */
  readonly onFailure?: (error: unknown, invocation: Invocation) => void
}

/**
 * Answers with a value when a call fails, for calls that nobody should fail over: audit, statistics, hints.
 *
 * Dubbo, dubbo-cluster/…/support/FailsafeClusterInvoker.java.
 */
export function failsafe({ value, strategy = failfast(), onFailure = ignore }: FailsafeOptions = {}): Strategy {
  return (targets) => {
    const invoke = strategy(targets)
    return async (invocation) => {
      try {
        return await invoke(invocation)
      } catch (error) {
        onFailure(error, invocation)
        return { value }
      }
    }
  }
}

const ignore = (): void => {}
