import type { Clock, Invoker, Live, Rng } from '@kumquat/core'
import type { RetryBudget } from '../retry-budget.ts'
import { available } from '../strategies/available.ts'
import { broadcast } from '../strategies/broadcast.ts'
import { type FailbackOptions, failback } from '../strategies/failback.ts'
import { failfast } from '../strategies/failfast.ts'
import { failover } from '../strategies/failover.ts'
import { type FailsafeOptions, failsafe } from '../strategies/failsafe.ts'
import { fanOut } from '../strategies/fan-out.ts'
import { forking } from '../strategies/forking.ts'
import { hedging } from '../strategies/hedging.ts'
import { zoneAware } from '../strategies/zone-aware.ts'
import type { Strategy } from '../strategy.ts'

/** What strategies made by name have in common. */
export interface StrategyCommons {
  /** Pays for the further attempts of all of them. */
  readonly budget?: RetryBudget
  /** Our own zone. */
  readonly zone?: string
  /** Told of what `failsafe` keeps from the caller. */
  readonly onFailure?: NonNullable<FailsafeOptions['onFailure']>
  /** Told of what `failback` gives up. */
  readonly onDrop?: NonNullable<FailbackOptions['onDrop']>
  readonly clock?: Clock
  readonly rng?: Rng
}

/** Makes a strategy with its defaults. */
export type StrategyFactory = (commons: StrategyCommons) => Strategy

/** The strategies that have names. Add yours with `{ ...STRATEGIES, mine: () => … }`. */
export const STRATEGIES: Readonly<Record<string, StrategyFactory>> = Object.freeze({
  failover,
  failfast,
  failsafe,
  failback,
  forking: () => forking(),
  hedging,
  broadcast: () => broadcast(),
  'fan-out': () => fanOut(),
  available,
  'zone-aware': ({ zone, ...others }: StrategyCommons) =>
    zoneAware({ ...(zone !== undefined && { zone }), strategy: failover(others) }),
})

/** The strategy of a name. Throws `TypeError` with the known names for any other. */
export function namedStrategy(
  name: string,
  known: Readonly<Record<string, StrategyFactory>> = STRATEGIES,
  commons: StrategyCommons = {},
): Strategy {
  const make = Object.hasOwn(known, name) ? known[name] : undefined
  if (make !== undefined) return make(commons)
  throw new TypeError(`no strategy is named ${JSON.stringify(name)}: it is one of ${Object.keys(known).join(', ')}`)
}

/** Follows a strategy that changes while calls run: each call keeps the one it began with, and each strategy what it learnt. */
export function switchingStrategy(live: Live<Strategy>): Strategy {
  return (targets) => {
    const invokers = new WeakMap<Strategy, Invoker>()
    const invokerOf = (strategy: Strategy): Invoker => {
      const known = invokers.get(strategy)
      if (known !== undefined) return known
      const made = strategy(targets)
      invokers.set(strategy, made)
      return made
    }
    return (invocation) => invokerOf(live.current)(invocation)
  }
}
