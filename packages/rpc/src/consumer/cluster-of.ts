import {
  BALANCERS,
  type Balancer,
  type Balancers,
  chain,
  cluster,
  constrained,
  type Dropped,
  failover,
  gray,
  namedBalancer,
  namedStrategy,
  type Peers,
  p2c,
  peakEwma,
  type RetryBudget,
  type Router,
  retryBudget,
  STRATEGIES,
  type Strategy,
  type StrategyFactory,
  serving,
  switching,
  switchingStrategy,
  version,
} from '@kumquat/cluster'
import {
  type Clock,
  formatServiceKey,
  type Invocation,
  type Invoker,
  type Live,
  type Logger,
  type Rng,
} from '@kumquat/core'
import { type Choice, chosen } from './choice.ts'

/** How a consumer chooses a provider for a call. */
export interface ClusterOptions {
  /** Whom to consider, of those of the version asked for that fit the constraints of the call and have its method. Default `gray()`. */
  readonly route?: Router
  /**
   * Whom to choose: a balancer; a name of `balancers`, made anew for each service; or either of them as it changes. Default
   * power of two choices by peak-EWMA, `p2c()`.
   */
  readonly balance?: Choice<Balancer>
  /**
   * How often to try: a strategy, a name of `strategies`, or either as it changes. Default `failover()`, with 2 retries. It is
   * that of calls: streams always fail over, while they have not run.
   */
  readonly strategy?: Choice<Strategy>
  /**
   * Pays for further attempts, retries and hedges alike, of all services together. Default `retryBudget()`: 20 for 100 calls,
   * and 10 a second. A strategy that you made yourself has its own.
   */
  readonly budget?: RetryBudget
  /** The zone of this app, for strategies by name. Default: none. */
  readonly zone?: string
  /** What names of balancers stand for. Default `BALANCERS`. */
  readonly balancers?: Balancers
  /** What names of strategies stand for. Default `STRATEGIES`. */
  readonly strategies?: Readonly<Record<string, StrategyFactory>>
}

export interface ClusterCommons {
  readonly clock: Clock
  readonly rng: Rng
  readonly logger: Logger
}

/** Makes the peers of a service one invoker for each version that is asked for; '' is any. */
export type ClusterOf = (peers: Live<Peers>) => (versionAsked: string) => Invoker

/** Reads what a consumer chose. Throws `TypeError` on an unknown name. */
export function clusterOf(
  {
    route = gray(),
    balance,
    strategy: strategyAsked,
    budget,
    zone,
    balancers = BALANCERS,
    strategies = STRATEGIES,
  }: ClusterOptions,
  { clock, rng, logger }: ClusterCommons,
): ClusterOf {
  const onUnknown = (error: unknown): void => logger.error({ error }, 'a name that stands for nothing was chosen')
  const commons = { clock, rng, budget: budget ?? retryBudget({ clock }) }
  const untold = ({ service, method }: Invocation, error: unknown): void =>
    logger.warn({ service: formatServiceKey(service), method, error }, 'a call failed, and its caller was not told')
  const named = {
    ...commons,
    ...(zone !== undefined && { zone }),
    onFailure: (error: unknown, invocation: Invocation) => untold(invocation, error),
    onDrop: ({ invocation, error }: Dropped) => untold(invocation, error),
  }
  const strategy: Strategy =
    strategyAsked === undefined
      ? failover(commons)
      : chosen(strategyAsked, {
          named: (name) => namedStrategy(name, strategies, named),
          switching: switchingStrategy,
          onUnknown,
        })
  // Whatever is chosen for calls: two streams at a time are no hedge, and a stream cannot be merged or put off.
  const untilFirstItem = failover(commons)
  const balancer = (): Balancer =>
    balance === undefined
      ? p2c({ load: peakEwma({ clock }), rng })
      : chosen(balance, { named: (name) => namedBalancer(name, balancers), switching, onUnknown })
  // A wrong name is refused now, not with the first client.
  balancer()
  const asConstrained = constrained()
  const thatServe = serving()
  return (peers) => {
    // One for all clients of a service, so that they share its gauges; not for all services, which differ in pace.
    const balance = balancer()
    return (versionAsked) => {
      const ofVersion = versionAsked === '' ? [] : [version({ version: versionAsked })]
      const common = { peers, route: chain(...ofVersion, asConstrained, thatServe, route), balance }
      const calls = cluster({ ...common, strategy })
      const streams = cluster({ ...common, strategy: untilFirstItem })
      return (invocation) => (invocation.stream === undefined ? calls : streams)(invocation)
    }
  }
}
