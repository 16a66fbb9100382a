import type { Strategy } from '../strategy.ts'

/** One attempt at one peer; its failure is the call's. */
export function failfast(): Strategy {
  return (targets) => async (invocation) => targets.pick(targets.candidates(invocation), invocation).invoke(invocation)
}
