import {
  directory,
  type HealthPolicy,
  type Peers,
  type Subset,
  slowStart,
  subsetOf,
  type Verdict,
  warmUp,
} from '@kumquat/cluster'
import type { Clock, Connect, Live, ProviderRecord, Watch } from '@kumquat/core'
import { toldVerdicts } from './told-verdicts.ts'

/** How a consumer keeps the peers of each service. */
export interface PeersOptions {
  /**
   * What may be held against a peer that fails, so that others are preferred; false = nothing. Default: a circuit breaker for
   * each, not believed when it holds something against most of them, `panic(breaker())`.
   */
  readonly health?: HealthPolicy | false
  /** Whether the weight of a provider that has just started grows, over its `warmupMs`. Default true. */
  readonly warmUp?: boolean
  /**
   * Whether the weight of a provider that has just recovered grows, over 10 s. Default false: after an outage of many, those
   * who recover first would bear the calls of all the others.
   */
  readonly slowStart?: boolean
  /** Which providers to connect to, where there are very many. Default: all. */
  readonly subset?: Subset
}

export interface PeersParts {
  readonly records: Live<readonly ProviderRecord[]>
  readonly connect: Connect
  readonly health?: HealthPolicy | false | undefined
  readonly warmUp?: boolean | undefined
  readonly slowStart?: boolean | undefined
  readonly subset?: Subset | undefined
  readonly clock: Clock
  readonly onError: (error: unknown) => void
  /** Told when something is first held against a peer, and when it is dropped. Default: nobody is. */
  readonly onVerdict?: ((verdict: Verdict, isHeld: boolean) => void) | undefined
}

/** The peers of one service, with the health and the weights of the moment. Disposing leaves none. */
export function peersOf(parts: PeersParts): Watch<Peers> {
  const { connect, clock, onError, onVerdict } = parts
  const health = parts.health ? parts.health() : undefined
  const records = parts.subset ? subsetOf(parts.records, parts.subset) : parts.records
  const advertised = directory({ records, connect: health?.connect(connect) ?? connect, onError })
  const warmed = parts.warmUp ? warmUp(advertised, { clock }) : advertised
  const peers = parts.slowStart && health ? slowStart(warmed, { verdicts: health.verdicts, clock }) : warmed
  const telling = health && onVerdict && toldVerdicts(health.verdicts, onVerdict)
  return {
    get current() {
      return peers.current
    },
    subscribe: (listener) => peers.subscribe(listener),
    async [Symbol.asyncDispose]() {
      // The set is empty at once, and those who made it what it is see that before they stop.
      const closed = advertised[Symbol.asyncDispose]()
      for (const one of new Set([telling, peers, warmed, records, health])) {
        if (one !== undefined && Symbol.dispose in one) one[Symbol.dispose]()
      }
      await closed
    },
  }
}
