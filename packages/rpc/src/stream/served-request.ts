import { begun, LANE, type ObservedStart, observedEnd, RpcError, type RpcErrorCode, STABLE_LANE } from '@kumquat/core'
import { NO_ATTACHMENTS, parseBaggage } from '../context/attachments.ts'
import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import { type Answerer, Arrival } from '../http/arrival.ts'
import { argsOf } from '../http/arrived.ts'
import { type CallName, encodeError } from '../http/error-body.ts'
import { parseArguments } from '../http/parse-arguments.ts'
import { tooLarge } from '../http/refusal.ts'
import { encodeReply, packReply, type ReplyWriter } from '../http/reply-body.ts'
import { nameIn } from '../http/unknown-path.ts'
import { hasStopped, namesNoMethod, UNKNOWN } from '../http/unserved.ts'
import { BAGGAGE } from '../http/wire.ts'
import { providerFailed } from '../provider-failed.ts'
import { afterOthers } from '../waiting/after-others.ts'
import type { Deadlines } from '../waiting/deadlines.ts'
import { readFacts } from './facts.ts'
import { PART_BYTES } from './frame.ts'
import type { ReadRequest } from './request-frame.ts'
import type { Sessions } from './serving-session.ts'
import { unpackArguments } from './unpack-arguments.ts'

/** Where the answer to a request goes. */
export interface Answering {
  readonly caller: string
  readonly remote: Arrival['remote']
  readonly binary: BinaryEncoding | undefined
  reply(id: number, body: string | Uint8Array): void
  fail(id: number, text: string): void
}

/** One request of a session and its one answer. */
export class ServedRequest implements Answerer {
  readonly #shared: Sessions
  readonly #session: Answering
  readonly #id: number
  readonly #head: ReadRequest
  readonly #enteredAt: number
  #name: CallName | undefined
  #write: ReplyWriter | undefined
  #start: ObservedStart | undefined
  #arrival: Arrival | undefined
  #isAnswered = false

  constructor(shared: Sessions, session: Answering, id: number, head: ReadRequest) {
    this.#shared = shared
    this.#session = session
    this.#id = id
    this.#head = head
    const { exchanges } = shared
    this.#enteredAt = exchanges.clock.now()
    exchanges.lastCallAt = this.#enteredAt
    exchanges.inFlight++
  }

  get deadlines(): Deadlines {
    return this.#shared.exchanges.deadlines
  }

  /** Text is JSON. No body: it is too large. */
  run(body: string | Uint8Array | undefined): void {
    try {
      const arrival = this.#read(body)
      // To read it took long, and to write its answer may.
      if (body!.length > PART_BYTES) afterOthers(() => this.#serve(arrival))
      else this.#serve(arrival)
    } catch (error) {
      this.fail(error)
    }
  }

  /** Nobody waits for the answer any more. */
  cancel(): void {
    if (this.#isAnswered) return
    this.#end('canceled')
    this.#arrival?.abandon(new RpcError('canceled', 'the caller went away', { outcome: 'unknown' }))
  }

  #read(body: string | Uint8Array | undefined): Arrival {
    const { path, facts, leftMs, attempt } = this.#head
    const { exchanges, routes } = this.#shared
    const { observer, refusing } = exchanges
    const route = routes.get(path)
    const name = route?.name ?? nameIn(path)
    this.#name = name
    this.#write = route?.write
    const arrived = readFacts(facts)
    const baggage = arrived[BAGGAGE]
    const attachments = baggage === undefined ? NO_ATTACHMENTS : parseBaggage(baggage)
    const { caller, remote, binary } = this.#session
    if (observer !== undefined) {
      const { service, method } = route?.name ?? UNKNOWN
      this.#start = { kind: 'served', service, method, lane: attachments[LANE] ?? STABLE_LANE, caller }
      observer.started(this.#start)
    }
    if (name === undefined) throw namesNoMethod(path)
    if (refusing) throw hasStopped()
    if (body === undefined) throw tooLarge(this.#shared.maxRequestBytes).error
    const { maxDepth } = this.#shared
    const given = typeof body === 'string' ? parseArguments(body, maxDepth) : unpackArguments(body, maxDepth, binary!)
    const args = argsOf(given, exchanges.maxArguments)
    const { service, method } = name
    const call = {
      service,
      method,
      args,
      attachments,
      idempotent: route?.idempotent ?? false,
      attempt,
      caller,
      arrived,
      remote,
      deadline: leftMs > 0 ? this.#enteredAt + leftMs : undefined,
      stream: undefined,
    }
    this.#arrival = new Arrival(call, this)
    return this.#arrival
  }

  #serve(arrival: Arrival): void {
    if (this.#isAnswered) return
    begun(this.#shared.exchanges.serve, arrival).then(
      ({ value }) => this.#succeed(arrival, value),
      (error: unknown) => this.fail(error),
    )
  }

  #succeed(name: CallName, value: unknown): void {
    if (this.#isAnswered) return
    try {
      const { binary } = this.#session
      const body = binary === undefined ? encodeReply(value, name, this.#write) : packReply(value, name, binary)
      this.#session.reply(this.#id, body)
    } catch (error) {
      this.fail(error)
      return
    }
    this.#end('ok')
  }

  fail(error: unknown): void {
    if (this.#isAnswered) return
    const said = RpcError.is(error) ? error : providerFailed(error, this.#shared.exchanges.logger)
    this.#session.fail(this.#id, encodeError(said, this.#name))
    this.#end(said.code)
    // Whatever still runs does so for nobody.
    this.#arrival?.abandon(said)
  }

  #end(code: RpcErrorCode | 'ok'): void {
    this.#isAnswered = true
    this.#arrival?.settle()
    const { exchanges } = this.#shared
    if (this.#start !== undefined) {
      exchanges.observer?.ended(observedEnd(this.#start, code, exchanges.clock.now() - this.#enteredAt))
    }
    exchanges.inFlight--
    if (exchanges.inFlight === 0) exchanges.onIdle()
  }
}
