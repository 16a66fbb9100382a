import type { Clock } from './clock.ts'
import type { Invocation } from './invocation.ts'

/** Time left to an invocation in ms: `Infinity` without a deadline, 0 or less when it has passed. */
export function remainingMs({ deadline }: Pick<Invocation, 'deadline'>, clock: Clock): number {
  return deadline === undefined ? Number.POSITIVE_INFINITY : deadline - clock.now()
}
