import type { Peers, Verdict } from '@kumquat/cluster'
import {
  Cell,
  type Clock,
  type Connect,
  formatServiceKey,
  type Live,
  type Logger,
  type ProviderRecord,
  RpcError,
  type ServiceKey,
  sleep,
  type Watch,
} from '@kumquat/core'
import type { Discovery, Sighting } from '@kumquat/registry'
import { bounded } from '../waiting/bounded.ts'
import { passingOver } from './passing-over.ts'
import { type PeersParts, peersOf } from './peers-of.ts'

export interface SubscriptionOptions extends Pick<PeersParts, 'health' | 'warmUp' | 'slowStart' | 'subset'> {
  readonly service: ServiceKey
  readonly discovery: Discovery
  readonly connect: Connect
  /** Begun once the service is watched. Default: nothing is. */
  readonly attend?: () => AsyncDisposable
  /** The registry, for people. */
  readonly registryName: string
  readonly clock: Clock
  readonly logger: Logger
}

export interface Patience {
  readonly ms: number
  readonly signal?: AbortSignal | undefined
}

/**
 * The peers of one service, kept up to date from the first need on. The watch on the registry begins with the first
 * `watched()`; one that failed is begun again by a later one, not before `RETRY_MS` are over.
 */
export class Subscription implements AsyncDisposable {
  readonly #options: SubscriptionOptions
  readonly #sightings = new Cell<Sighting | undefined>(undefined)
  readonly #records = new Cell<readonly ProviderRecord[]>([])
  readonly #peers: Watch<Peers>
  #beginning: Promise<void> | undefined
  #watch: Watch<Sighting> | undefined
  #attendance: AsyncDisposable | undefined
  readonly #disposal = new AbortController()

  constructor(options: SubscriptionOptions) {
    this.#options = options
    const { connect, logger, service, ...others } = options
    const onError = (error: unknown): void =>
      logger.warn({ service: formatServiceKey(service), error }, 'a peer failed')
    const isLastResort = (id: string): boolean => this.#sightings.current?.suspects.get(id) === 'last resort'
    const onVerdict = ({ id, policy, reason }: Verdict, isHeld: boolean): void =>
      logger.info(
        { service: formatServiceKey(service), peer: id, policy, reason },
        isHeld ? 'a peer is passed over while others are left' : 'a peer is no longer passed over',
      )
    const preferring = passingOver(connect, isLastResort)
    this.#peers = peersOf({ ...others, records: this.#records, connect: preferring, onError, onVerdict })
  }

  get peers(): Live<Peers> {
    return this.#peers
  }

  /** What is known of the providers; undefined until something is. */
  get sightings(): Live<Sighting | undefined> {
    return this.#sightings
  }

  /** Whether the registry has answered and somebody is there. */
  get populated(): boolean {
    return this.#watch !== undefined && this.#peers.current.length > 0
  }

  /** Resolves when the registry has answered. Rejects with `RpcError` `unavailable`, `not-run`. */
  async watched({ ms, signal }: Patience): Promise<void> {
    const { signal: disposal } = this.#disposal
    if (disposal.aborted) throw disposed()
    if (this.#watch !== undefined) return
    const { clock } = this.#options
    const otherwise = (): RpcError => this.#unknown(`did not answer within ${Math.round(ms)} ms`)
    this.#beginning ??= bounded(this.#follow(), { clock, signal: disposal, otherwise: disposed })
    await bounded(this.#beginning, { clock, ms, signal, otherwise })
  }

  /** Resolves when somebody is there. Rejects as `watched()` does, once `ms` are over. */
  async someone({ ms }: Patience): Promise<void> {
    const { clock } = this.#options
    const { signal } = this.#disposal
    const until = clock.now() + ms
    const left = (): number => Math.max(0, until - clock.now())
    for (;;) {
      try {
        await this.watched({ ms: left() })
        break
      } catch (error) {
        if (signal.aborted || left() <= RETRY_MS) throw error
        await sleep(clock, RETRY_MS)
      }
    }
    if (this.populated) return
    let subscription: Disposable | undefined
    const arrival = new Promise<void>((resolve) => {
      subscription = this.#peers.subscribe(({ length }) => length > 0 && resolve())
    })
    try {
      const otherwise = (): RpcError => (signal.aborted ? disposed() : this.nobody())
      await bounded(arrival, { clock, ms: left(), signal, otherwise })
    } finally {
      subscription?.[Symbol.dispose]()
    }
  }

  /** What to tell a caller when nobody is there. */
  nobody(): RpcError {
    const { service, registryName } = this.#options
    return unavailable(
      `no provider of ${formatServiceKey(service)} is registered in ${registryName}: start one there; ready() waits for the first`,
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposal.abort()
    const own = [this.#watch, this.#attendance, this.#peers]
    await Promise.all(own.map((one) => one?.[Symbol.asyncDispose]()))
  }

  /** The standing first: it is looked up as soon as there are peers. */
  #see(sighting: Sighting): void {
    this.#sightings.set(sighting)
    this.#records.set(sighting.records)
  }

  async #follow(): Promise<void> {
    const { discovery, service, clock } = this.#options
    try {
      const watch = await discovery.watch(service)
      if (this.#disposal.signal.aborted) return await watch[Symbol.asyncDispose]()
      watch.subscribe((sighting) => this.#see(sighting))
      this.#see(watch.current)
      this.#watch = watch
      this.#attendance = this.#options.attend?.()
    } catch (error) {
      clock.after(RETRY_MS, () => {
        this.#beginning = undefined
      })
      throw this.#unknown('could not be watched', error)
    }
  }

  #unknown(what: string, cause?: unknown): RpcError {
    const { service, registryName } = this.#options
    const because = cause instanceof Error ? ` (${cause.message})` : ''
    return unavailable(
      `no provider of ${formatServiceKey(service)} is known: ${registryName} ${what}${because}; see that it runs and can be reached`,
      cause,
    )
  }
}

const RETRY_MS = 200

/** The error of whatever is asked of a consumer that is gone. */
export const disposed = (): RpcError =>
  new RpcError('failed_precondition', 'this consumer was disposed: it makes no more calls', { outcome: 'not-run' })

/** What streams end with that are under way by then: some would go on for ever. */
export const streamsEnded = (): RpcError =>
  new RpcError('canceled', 'this consumer was disposed, and the stream ended with it', { outcome: 'unknown' })

const unavailable = (message: string, cause?: unknown): RpcError =>
  new RpcError('unavailable', message, { outcome: 'not-run', cause })
