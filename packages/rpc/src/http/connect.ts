import {
  type Clock,
  type Connect,
  type Endpoint,
  type Invocation,
  type Logger,
  type ProviderRecord,
  type Reply,
  type Rng,
  remainingMs,
  type Status,
  type StreamInvocation,
  systemClock,
  systemRng,
} from '@kumquat/core'
import type { Encoding } from '../compression/encodings.ts'
import { consoleLogger } from '../console-logger.ts'
import { notSent, refuseLate } from '../not-sent.ts'
import { noInput } from '../streaming/endings.ts'
import { onceIterable } from '../streaming/once-iterable.ts'
import { Deadlines } from '../waiting/deadlines.ts'
import type { AnsweredBy } from './answered-by.ts'
import { Attempt, type AttemptObserver } from './attempt.ts'
import { bodyOf, headersOf, pathOf } from './departing.ts'
import { type ConnectLimits, connectLimitsOf, type HttpConnectOptions } from './http-connect-options.ts'
import { look } from './look.ts'
import { isOwnHost } from './own-host.ts'
import { plainRefused } from './plain-refused.ts'
import { type HttpPool, httpPool } from './pool.ts'
import { Probe } from './probe.ts'
import { secureLine, speaksTls } from './secure-line.ts'
import { socketName } from './socket-name.ts'
import { StreamAttempt } from './stream-attempt.ts'
import { LINES_TYPE } from './wire.ts'

/**
 * Opens lines over HTTP/1.1 with undici, one pool of connections for each provider: docs/reference/wire.md. In TLS to those
 * whose record says `https`.
 *
 * @throws TypeError on a caller that is no name and on credentials that cannot be used, RangeError on a bad limit.
 */
export function httpConnect(options: HttpConnectOptions = {}): Connect {
  const waysTo = httpWays(options)
  return (record) => waysTo(record).plain
}

/** A provider over HTTP, and the connections to it; without those, it is not called at all. */
export interface HttpWay {
  readonly plain: Endpoint
  readonly over?: { readonly endpoint: HttpEndpoint; readonly pool: HttpPool }
}

/** The same as `httpConnect`, for who wants the connections too. */
export function httpWays(options: HttpConnectOptions): (record: ProviderRecord) => HttpWay {
  const { caller = '', clock = systemClock, rng = systemRng, logger = consoleLogger() } = options
  const { acceptEncodings = [], packArguments, sockets, tls } = options
  const limits = connectLimitsOf(options)
  const secure = tls && secureLine(tls, { clock, logger })
  const parts = {
    caller,
    limits,
    accept: acceptEncodings.join(', '),
    packArguments,
    clock,
    deadlines: new Deadlines(clock),
    rng,
    logger,
  }
  return (record) => {
    const isSecure = speaksTls(record)
    if (tls !== undefined && !isSecure && tls.allowPlain !== true) return { plain: plainRefused(record) }
    const origin = `${isSecure ? 'https' : 'http'}://${record.id}`
    const socket = sockets !== undefined && isOwnHost(record.host) ? socketName(sockets, record.port) : undefined
    const line = { ...limits, socket, secure: isSecure ? secure : undefined }
    const calls = httpPool(origin, line)
    const streams = httpPool(origin, { ...line, connections: limits.maxStreams, maxAnswerBytes: UNBOUNDED })
    const endpoint = new HttpEndpoint(record, { calls, streams }, parts)
    return { plain: endpoint, over: { endpoint, pool: calls } }
  }
}

interface EndpointParts {
  readonly caller: string
  readonly limits: ConnectLimits
  /** Our `accept-encoding`; empty for none. */
  readonly accept: string
  readonly packArguments: Encoding | undefined
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly rng: Rng
  readonly logger: Logger
}

interface Pools {
  readonly calls: HttpPool
  readonly streams: HttpPool
}

/** To undici. */
const UNBOUNDED = -1

/** Closed from a failed connection, or a goodbye, until a probe or an answer shows that the provider is back. */
class HttpEndpoint implements Endpoint, AttemptObserver {
  readonly id: string
  readonly #pool: HttpPool
  /** Streams hold their connections: they have a pool of their own, so that calls need not wait for them. */
  readonly #streamPool: HttpPool
  readonly #parts: EndpointParts
  readonly #probe: Probe
  #status: Status = 'open'
  #instance: string | undefined
  #pending = 0
  #streams = 0
  #closing: Promise<unknown> | undefined

  constructor({ id }: ProviderRecord, { calls: pool, streams }: Pools, parts: EndpointParts) {
    const { clock, rng } = parts
    this.id = id
    this.#pool = pool
    this.#streamPool = streams
    this.#parts = parts
    this.#probe = new Probe({ look: () => look(pool, clock), recovered: () => this.#open(), clock, rng })
  }

  get status(): Status {
    return this.#status
  }

  readonly invoke = (invocation: Invocation): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const { clock, deadlines, caller, accept, packArguments, limits } = this.#parts
      const leftMs = remainingMs(invocation, clock)
      this.#refuse(invocation, leftMs)
      const headers = headersOf(invocation, caller, leftMs)
      if (accept !== '') headers.push('accept-encoding', accept)
      const body = bodyOf(invocation)
      this.#pending++
      const attempt = new Attempt({
        invocation,
        pool: this.#pool,
        path: pathOf(invocation),
        headers,
        body,
        encoding: body.length < limits.packFromBytes ? undefined : packArguments,
        maxAnswerBytes: limits.maxAnswerBytes,
        peer: this,
        clock,
        deadlines,
        resolve,
        reject,
      })
      attempt.send()
    })

  readonly stream = (call: StreamInvocation): AsyncIterable<unknown> =>
    onceIterable(call, () => {
      const { clock, limits } = this.#parts
      const { maxItemBytes, streamIdleMs: idleMs } = limits
      const peer: AttemptObserver = {
        id: this.id,
        answered: (said) => this.answered(said),
        unreachable: () => this.unreachable(),
        ended: () => void this.#streams--,
      }
      return new StreamAttempt({
        ...{ call, pool: this.#streamPool, peer, maxItemBytes, idleMs, clock },
        depart: () => this.#departing(call),
      })
    })

  answered({ instance, isClosing }: AnsweredBy): void {
    if (instance !== undefined && instance !== this.#instance) this.#meet(instance)
    if (isClosing) this.#close()
    else if (this.#status !== 'open') this.#open()
  }

  unreachable(): void {
    this.#close()
  }

  ended(): void {
    this.#pending--
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#probe.stop()
    this.#closing ??= Promise.all([this.#pool.close(), this.#streamPool.close()])
    await this.#closing
  }

  /** What leaves of a stream. Throws what keeps it from that. */
  #departing(call: StreamInvocation): { path: string; headers: string[]; body: string } {
    const { caller, clock, limits } = this.#parts
    const leftMs = remainingMs(call, clock)
    this.#refuse(call, leftMs)
    if (call.stream !== 'server') throw noInput(call)
    if (this.#streams >= limits.maxStreams) {
      const reason = `${limits.maxStreams} streams of ${this.id} are under way already; end some, or raise maxStreams`
      throw notSent(call, 'resource_exhausted', reason)
    }
    const headers = [...headersOf(call, caller, leftMs), 'accept', LINES_TYPE]
    const departing = { path: pathOf(call), headers, body: bodyOf(call) }
    this.#streams++
    return departing
  }

  #refuse(invocation: Invocation, leftMs: number): void {
    const { maxPending } = this.#parts.limits
    refuseLate(invocation, leftMs)
    if (this.#closing !== undefined) {
      throw notSent(invocation, 'unavailable', `the line to ${this.id} is closed; ask another provider`)
    }
    if (this.#pending < maxPending) return
    const reason = `${maxPending} calls to ${this.id} are under way already; slow down, or add providers`
    throw notSent(invocation, 'resource_exhausted', reason)
  }

  #open(): void {
    this.#status = 'open'
    this.#probe.stop()
  }

  #close(): void {
    if (this.#closing !== undefined) return
    this.#status = 'closed'
    this.#probe.start()
  }

  /** Another process than before has this address: what we knew of the one that left no longer counts. */
  #meet(instance: string): void {
    if (this.#instance !== undefined) {
      this.#parts.logger.info(
        { peer: this.id, was: this.#instance, is: instance },
        'another process answers at this address',
      )
    }
    this.#instance = instance
  }
}
