import type { IncomingMessage, ServerResponse } from 'node:http'
import {
  LANE,
  type ObservedStart,
  type Observer,
  observedEnd,
  RpcError,
  type RpcErrorCode,
  STABLE_LANE,
  type StreamKind,
} from '@kumquat/core'
import { acceptedEncoding } from '../compression/accepted-encoding.ts'
import { packed } from '../compression/packed.ts'
import type { Attachments } from '../context/attachments.ts'
import { providerFailed } from '../provider-failed.ts'
import { noInput } from '../streaming/endings.ts'
import type { ServedCall, ServedStream } from '../transport.ts'
import type { Deadlines } from '../waiting/deadlines.ts'
import { type Answerer, Arrival } from './arrival.ts'
import { argsOf, attachmentsOf, attemptOf, callerOf, timeoutOf } from './arrived.ts'
import { elsewhere } from './elsewhere.ts'
import { type CallName, encodeError } from './error-body.ts'
import type { Exchanges } from './exchanges.ts'
import type { Refusal } from './refusal.ts'
import { remoteOf } from './remote.ts'
import { encodeReply, type ReplyWriter } from './reply-body.ts'
import { serverTiming } from './server-timing.ts'
import { hasStopped, UNKNOWN } from './unserved.ts'
import { INSTANCE, JSON_TYPE, LINES_TYPE, LOAD, STATUS_OF, TIMING } from './wire.ts'
import { writeLines } from './write-lines.ts'

/** The part of a Fastify reply that is needed here. */
export interface Answering {
  readonly raw: ServerResponse
  code(status: number): unknown
  headers(values: Record<string, string>): unknown
  serializer(serialize: (payload: unknown) => string): unknown
  send(payload: string | Buffer): unknown
  /** From here on the answer is written to `raw`. */
  hijack(): unknown
}

/** What a request leads to. */
export interface Route {
  /** What its path names, if anything. */
  readonly name: CallName | undefined
  /** Whether there is such a method. */
  readonly isServed: boolean
  readonly idempotent: boolean
  readonly stream?: StreamKind | undefined
  /** Writes the reply. Default `JSON.stringify`. */
  readonly write?: ReplyWriter | undefined
}

/** One request and its one answer, from entering to headers written. */
export class Exchange implements Answerer {
  readonly #shared: Exchanges
  readonly #route: Route
  readonly #request: IncomingMessage
  readonly #reply: Answering
  readonly #enteredAt: number
  readonly #attachments: Attachments
  readonly #caller: string
  readonly #start: ObservedStart | undefined
  #arrival: Arrival | undefined
  #answered = false

  constructor(shared: Exchanges, route: Route, request: IncomingMessage, reply: Answering) {
    this.#shared = shared
    this.#route = route
    this.#request = request
    this.#reply = reply
    this.#enteredAt = shared.clock.now()
    this.#attachments = attachmentsOf(request.headers)
    this.#caller = callerOf(request.headers)
    this.#start = shared.observer && this.#observe(shared.observer)
    shared.inFlight++
    if (route.isServed) shared.lastCallAt = this.#enteredAt
    reply.raw.on('close', () => this.#closed())
  }

  get deadlines(): Deadlines {
    return this.#shared.deadlines
  }

  /** Whether the call may go on; it is answered if not. */
  admit(): boolean {
    if (!this.#shared.refusing) return true
    this.fail(hasStopped())
    return false
  }

  /** Runs the call that `body` holds the arguments of, and answers it. */
  run(name: CallName, body: unknown): void {
    try {
      this.#shared.serve(this.#call(name, body)).then(
        ({ value }) => this.#succeed(name, value),
        (error: unknown) => this.fail(error),
      )
    } catch (error) {
      this.fail(error)
    }
  }

  /** Runs the stream that `body` holds the arguments of, and answers with its items. */
  stream(name: CallName, body: unknown): void {
    const shared = this.#shared
    try {
      const { stream: kind } = this.#route
      if (shared.serveStream === undefined || kind === 'client' || kind === 'both') throw noInput(name)
      const arrival = this.#arrive(name, body, 'server')
      shared.streams.add(arrival)
      const { logger, clock } = shared
      const written = writeLines({
        ...{ name, clock, response: this.#reply.raw },
        items: shared.serveStream(arrival as ServedStream),
        begin: () => this.#beginLines(),
        said: (error) => (RpcError.is(error) ? error : providerFailed(error, logger)),
      })
      written
        .then(
          (code) => this.#streamed(code),
          (error: unknown) => this.fail(error),
        )
        .finally(() => shared.streams.delete(arrival))
    } catch (error) {
      this.fail(error)
    }
  }

  /** Answers with an error; `status` only where it is not that of the code. */
  fail(error: unknown, status?: number, headers?: Readonly<Record<string, string>>): void {
    if (this.#answered) return
    const said = RpcError.is(error) ? error : providerFailed(error, this.#shared.logger)
    this.#answer(status ?? STATUS_OF[said.code], said.code, encodeError(said, this.#route.name), headers)
    // Whatever still runs does so for nobody.
    this.#arrival?.abandon(said)
  }

  /** Answers with a refusal. */
  refuse({ error, status, headers }: Refusal): void {
    this.fail(error, status, headers)
  }

  #call(name: CallName, body: unknown): ServedCall {
    return this.#arrive(name, body)
  }

  #arrive({ service, method }: CallName, body: unknown, stream?: StreamKind): Arrival {
    const { headers } = this.#request
    const timeoutMs = timeoutOf(headers)
    const call = {
      service,
      method,
      args: argsOf(body, this.#shared.maxArguments),
      attachments: this.#attachments,
      idempotent: this.#route.idempotent,
      attempt: attemptOf(headers),
      caller: this.#caller,
      arrived: headers as ServedCall['arrived'],
      remote: remoteOf(this.#request.socket),
      deadline: timeoutMs === undefined ? undefined : this.#enteredAt + timeoutMs,
      stream,
    }
    this.#arrival = new Arrival(call, stream === undefined ? this : undefined)
    return this.#arrival
  }

  #succeed(name: CallName, value: unknown): void {
    if (this.#answered) return
    try {
      this.#answer(200, 'ok', encodeReply(value, name, this.#route.write))
    } catch (error) {
      this.fail(error)
    }
  }

  #beginLines(): void {
    const { raw } = this.#reply
    this.#reply.hijack()
    const about: Record<string, string> = { 'content-type': LINES_TYPE, 'cache-control': 'no-store' }
    this.#introduce(about)
    raw.writeHead(200, Object.assign(about, elsewhere(this.#shared)))
  }

  #streamed(code: RpcErrorCode | 'ok'): void {
    if (this.#answered) return
    this.#answered = true
    this.#end(code, this.#shared.clock.now() - this.#enteredAt)
  }

  #answer(status: number, code: RpcErrorCode | 'ok', text: string, headers?: Readonly<Record<string, string>>): void {
    this.#answered = true
    const { clock, introductions, compressFromBytes } = this.#shared
    const now = clock.now()
    const durationMs = now - this.#enteredAt
    const reply = this.#reply
    const about: Record<string, string> = {
      'content-type': JSON_TYPE,
      [TIMING]: serverTiming(durationMs),
    }
    if (introductions.due(this.#request.socket, now) || status !== 200) this.#introduce(about)
    const away = elsewhere(this.#shared)
    const isSmall = text.length < compressFromBytes
    if (this.#shared.isAlone && isSmall && status === 200 && away === undefined) {
      // The usual answer: nobody else has a say in it.
      about['content-length'] = String(Buffer.byteLength(text))
      reply.hijack()
      reply.raw.writeHead(200, about).end(text)
    } else {
      if (status !== 200) reply.code(status)
      reply.headers(headers === undefined ? about : { ...about, ...headers })
      if (away !== undefined) reply.headers(away)
      reply.serializer(asItIs)
      if (isSmall) reply.send(text)
      else this.#sendLarge(text)
    }
    this.#end(code, durationMs)
  }

  /** Says who we are and how busy. */
  #introduce(about: Record<string, string>): void {
    const { instance, gauge, inFlight } = this.#shared
    about[INSTANCE] = instance
    about[LOAD] = gauge.text(inFlight)
  }

  /** Compressed, if its caller can read that. */
  #sendLarge(text: string): void {
    const reply = this.#reply
    const encoding = acceptedEncoding(this.#request.headers['accept-encoding'])
    reply.headers({ vary: 'accept-encoding' })
    if (encoding === undefined) {
      reply.send(text)
      return
    }
    packed(Buffer.from(text), encoding).then(
      (bytes) => {
        reply.headers({ 'content-encoding': encoding })
        reply.send(bytes)
      },
      () => reply.send(text),
    )
  }

  #closed(): void {
    const shared = this.#shared
    if (!this.#answered) {
      this.#answered = true
      this.#end('canceled', shared.clock.now() - this.#enteredAt)
      this.#arrival?.abandon(new RpcError('canceled', 'the caller went away', { outcome: 'unknown' }))
    }
    shared.inFlight--
    if (shared.inFlight === 0) shared.onIdle()
  }

  #observe(observer: Observer): ObservedStart {
    const { name = UNKNOWN, isServed } = this.#route
    const { service, method } = isServed ? name : UNKNOWN
    const lane = this.#attachments[LANE] ?? STABLE_LANE
    const start: ObservedStart = { kind: 'served', service, method, lane, caller: this.#caller }
    observer.started(start)
    return start
  }

  #end(code: RpcErrorCode | 'ok', durationMs: number): void {
    this.#arrival?.settle()
    if (this.#start !== undefined) this.#shared.observer?.ended(observedEnd(this.#start, code, durationMs))
  }
}

const asItIs = (payload: unknown): string => payload as string
