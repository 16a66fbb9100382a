import type { Clock, Connect, Invocation, Logger, Observer, Reply, Service, Streamer, StreamKind } from '@kumquat/core'
import type { Offer } from './contract/offer.ts'

/** A call as it arrives at a provider. */
export interface ServedCall extends Invocation {
  /** The calling app; empty when it did not say. */
  readonly caller: string
  /** What came with the call for this hop, such as `authorization`; names in lower case. Input from outside: not checked. */
  readonly arrived: Readonly<Record<string, string | undefined>>
  /** Who is at the other end of the connection, as the transport knows it. */
  readonly remote: Remote
}

/** A stream as it arrives at a provider. */
export interface ServedStream extends ServedCall {
  readonly stream: StreamKind
  readonly input?: AsyncIterable<unknown>
}

/** The other end of a connection. */
export interface Remote {
  /** Its address without port; empty when there is none, as in memory. */
  readonly address: string
  /** The names in the certificate that it proved to have; empty without mutual TLS. */
  readonly certified: readonly string[]
}

/**
 * Where a provider stands: not in the registry yet; in it; out of it for a while, serving who still calls; or on its way out. All
 * but `ready` make `GET /_kumquat/ready` a 503; the last two tell callers to look elsewhere.
 */
export type Readiness = 'starting' | 'ready' | 'away' | 'leaving'

export interface ListenOptions {
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly offers: readonly Offer[]
  /** The provider's end of a call, filters and all. */
  readonly serve: Service<ServedCall, Reply>
  /**
   * The provider's end of a stream. It watches the deadline and the signal of the call itself, and ends by an abort with the
   * `RpcError` that is the reason. Absent where nothing streams.
   */
  readonly serveStream?: Streamer<ServedStream>
  /** Names this start of this provider; another start has another. */
  readonly instance: string
  /** Requests, and items that stream in, above this size, in bytes, are refused unread. */
  readonly maxBodyBytes: number
  readonly observer?: Observer
  /** What `GET /_kumquat/stats` answers. */
  readonly stats?: () => unknown
  /** Where the provider stands; asked for every answer. Default: always ready. */
  readonly readiness?: () => Readiness
  readonly clock: Clock
  readonly logger: Logger
}

/** The serving end of a transport, from bound to closed. Disposing closes it at once, cutting what is in flight. */
export interface Listener extends AsyncDisposable {
  readonly port: number
  /** Where it is bound, if not where it was asked to. */
  readonly host?: string
  /** How it can be called, for the record, the preferred one first. Default `http`. */
  readonly transports?: readonly string[]
  /** On the clock given, in ms: when the last call came in, or when we began to listen. */
  readonly lastCallAt: number
  /** Goes on serving, and tells every caller to look elsewhere from now on. */
  leave(): void
  /** Refuses new calls as `unavailable`, `not-run`; resolves when those in flight are answered, or this much time is over. */
  close(drainTimeoutMs: number): Promise<void>
}

/** Rejects with `RpcError` `failed_precondition` when the address cannot be had. */
export type Listen = (options: ListenOptions) => Promise<Listener>

/** Both ends of a way to carry calls. */
export interface Transport {
  readonly connect: Connect
  readonly listen: Listen
}
