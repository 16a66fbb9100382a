import {
  backoff,
  breaker,
  chain,
  cluster,
  directory,
  failover,
  p2c,
  panic,
  peakEwma,
  retryBudget,
  type Strategy,
  warmUp,
} from '@kumquat/cluster'
import type { ClientParts } from '@kumquat/cluster/simulation'
import type { Clock, Connect, Invoker } from '@kumquat/core'

export type MakeStrategy = (parts: Pick<ClientParts, 'clock' | 'rng'>) => Strategy

/** As a consumer of `@kumquat/rpc` is by default, but for the strategy; attempts may be given less time than calls. */
export const usual =
  (strategy: MakeStrategy, attemptMs = Number.POSITIVE_INFINITY) =>
  (parts: ClientParts): Invoker => {
    const { records, clock } = parts
    const health = panic(breaker(parts), parts)()
    const advertised = directory({ records, connect: health.connect(impatient(parts.connect, clock, attemptMs)) })
    return cluster({
      peers: warmUp(advertised, parts),
      route: chain(),
      balance: p2c({ ...parts, load: peakEwma(parts) }),
      strategy: strategy(parts),
    })
  }

/** Failover as it is by default, and as nobody should have it: with a budget that never ends. */
export const budgeted: MakeStrategy = (parts) => failover(parts)
export const unbudgeted: MakeStrategy = ({ clock, rng }) =>
  failover({
    clock,
    backoff: backoff({ rng }),
    budget: retryBudget({ clock, percent: 100, minPerSecond: 1_000_000 }),
  })

/** Gives every attempt at most so much time. */
const impatient =
  (next: Connect, clock: Clock, attemptMs: number): Connect =>
  (record) => {
    const endpoint = next(record)
    if (attemptMs === Number.POSITIVE_INFINITY) return endpoint
    return {
      invoke: (invocation) =>
        endpoint.invoke({
          ...invocation,
          deadline: Math.min(invocation.deadline ?? Number.POSITIVE_INFINITY, clock.now() + attemptMs),
        }),
      get status() {
        return endpoint.status
      },
      [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
    }
  }
