import { type Invocation, type Live, type Reply, RpcError, type RpcErrorCode } from '@kumquat/core'
import type { Strategy } from '../strategy.ts'

/** What stands in for calls. */
export interface MockRule {
  /** `force`: nobody is called, and calls on their way are answered if they fail. `fail`: calls are answered if they fail. */
  readonly when: 'force' | 'fail'
  /** The value to answer with, or the error to fail with. */
  readonly answer:
    | { readonly value: unknown }
    | { readonly error: { readonly code: RpcErrorCode; readonly message: string } }
  /** Default: all methods. */
  readonly methods?: readonly string[]
  /** Whether an answer also stands in for errors of the method itself, which ran. Only for `fail`. Default false. */
  readonly evenIfRan?: boolean
}

/**
 * Answers in place of the providers as a rule says, which may change at any time: to develop without them, to degrade while
 * they are down, to shed what can be missed. Absent = every call goes its way.
 *
 * Dubbo, dubbo-cluster/…/support/wrapper/MockClusterInvoker.java.
 */
export function mock(rule: Live<MockRule | undefined>, inner: Strategy): Strategy {
  return (targets) => {
    const invoke = inner(targets)
    const ruleFor = ({ method }: Invocation): MockRule | undefined => {
      const { current } = rule
      return current?.methods?.includes(method) === false ? undefined : current
    }
    return async (invocation) => {
      const before = ruleFor(invocation)
      if (before?.when === 'force') return answerOf(before)
      try {
        return await invoke(invocation)
      } catch (error) {
        const after = ruleFor(invocation)
        if (after === undefined || !standsInFor(after, error)) throw error
        return answerOf(after, error)
      }
    }
  }
}

/** What is no `RpcError` is a mistake of ours, not a failure of theirs. */
const standsInFor = ({ evenIfRan = false }: MockRule, error: unknown): boolean =>
  RpcError.is(error) && (evenIfRan || error.outcome !== 'ran')

function answerOf({ answer }: MockRule, failure?: unknown): Reply {
  if ('value' in answer) return { value: answer.value }
  const outcome = RpcError.is(failure) ? failure.outcome : 'not-run'
  throw new RpcError(answer.error.code, answer.error.message, { outcome, cause: failure })
}
