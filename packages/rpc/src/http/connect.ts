import type { IncomingHttpHeaders } from 'node:http'
import {
  type Clock,
  type Connect,
  type Endpoint,
  type Invocation,
  isName,
  type Logger,
  type ProviderRecord,
  type Reply,
  type Rng,
  remainingMs,
  type Status,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import { notSent, refuseLate } from '../not-sent.ts'
import { Attempt, type AttemptObserver } from './attempt.ts'
import { bodyOf, headersOf, pathOf } from './departing.ts'
import { look } from './look.ts'
import { type HttpPool, httpPool } from './pool.ts'
import { Probe } from './probe.ts'
import { CLOSING, INSTANCE } from './wire.ts'

export interface HttpConnectOptions {
  /** The name of the calling app. Default '', which is anonymous. */
  readonly caller?: string
  /** Connections to one provider at once. 1 to 1 024, default 64. */
  readonly connections?: number
  /** Calls to one provider at once, those that wait for a connection included; more are refused. Default 1 024. */
  readonly maxPending?: number
  /** Default 500. */
  readonly connectTimeoutMs?: number
  /** Greater answers are cut off while they stream in. Default 16 MiB. */
  readonly maxAnswerBytes?: number
  readonly clock?: Clock
  readonly rng?: Rng
  readonly logger?: Logger
}

/**
 * Opens lines over HTTP/1.1 with undici, one pool of connections for each provider: docs/reference/wire.md.
 *
 * @throws TypeError on a caller that is no name, RangeError on a bad limit.
 */
export function httpConnect(options: HttpConnectOptions = {}): Connect {
  const { caller = '', clock = systemClock, rng = systemRng, logger = consoleLogger() } = options
  if (caller !== '' && !isName(caller)) {
    throw new TypeError(
      `caller ${JSON.stringify(caller)} is not a name such as "web": letters, digits, ".", "_" and "-"`,
    )
  }
  const limits = {
    connections: within('connections', options.connections ?? 64, 1_024),
    connectTimeoutMs: within('connectTimeoutMs', options.connectTimeoutMs ?? 500, 60_000),
    maxAnswerBytes: within('maxAnswerBytes', options.maxAnswerBytes ?? 16 * 2 ** 20, 2 ** 30),
  }
  const maxPending = within('maxPending', options.maxPending ?? 1_024, 1_000_000)
  return (record) =>
    new HttpEndpoint(record, httpPool(`http://${record.id}`, limits), { caller, maxPending, clock, rng, logger })
}

interface EndpointParts {
  readonly caller: string
  readonly maxPending: number
  readonly clock: Clock
  readonly rng: Rng
  readonly logger: Logger
}

/** Closed from a failed connection, or a goodbye, until a probe or an answer shows that the provider is back. */
class HttpEndpoint implements Endpoint, AttemptObserver {
  readonly id: string
  readonly #pool: HttpPool
  readonly #parts: EndpointParts
  readonly #probe: Probe
  #status: Status = 'open'
  #instance: string | undefined
  #pending = 0
  #closing: Promise<void> | undefined

  constructor({ id }: ProviderRecord, pool: HttpPool, parts: EndpointParts) {
    const { clock, rng } = parts
    this.id = id
    this.#pool = pool
    this.#parts = parts
    this.#probe = new Probe({ look: () => look(pool, clock), recovered: () => this.#open(), clock, rng })
  }

  get status(): Status {
    return this.#status
  }

  readonly invoke = (invocation: Invocation): Promise<Reply> =>
    new Promise((resolve, reject) => {
      const { clock, caller } = this.#parts
      const leftMs = remainingMs(invocation, clock)
      this.#refuse(invocation, leftMs)
      const request = {
        path: pathOf(invocation),
        headers: headersOf(invocation, caller, leftMs),
        body: bodyOf(invocation),
      }
      this.#pending++
      new Attempt({ invocation, ...request, pool: this.#pool, peer: this, clock, leftMs, resolve, reject }).send()
    })

  answered(headers: IncomingHttpHeaders): void {
    const instance = headers[INSTANCE]
    if (typeof instance === 'string' && instance !== this.#instance) this.#meet(instance)
    if (headers[CLOSING] !== undefined) this.#close()
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
    this.#closing ??= this.#pool.close()
    await this.#closing
  }

  #refuse(invocation: Invocation, leftMs: number): void {
    const { maxPending } = this.#parts
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

function within(name: string, value: number, most: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new RangeError(`${name} must be an integer from 1 to ${most}, got ${value}`)
}
