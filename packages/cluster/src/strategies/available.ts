import type { Strategy } from '../strategy.ts'

/**
 * One attempt at the first peer that is open, in the order of the set: the others are spares. If none is open, the balancer
 * chooses.
 *
 * Dubbo, dubbo-cluster/…/support/AvailableClusterInvoker.java.
 */
export function available(): Strategy {
  return (targets) => async (invocation) => {
    const candidates = targets.candidates(invocation)
    const open = candidates.find(({ status }) => status === 'open')
    return (open ?? targets.pick(candidates, invocation)).invoke(invocation)
  }
}
