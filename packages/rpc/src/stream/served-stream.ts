import {
  LANE,
  type ObservedStart,
  observedEnd,
  RpcError,
  type RpcErrorCode,
  STABLE_LANE,
  type StreamKind,
} from '@kumquat/core'
import { argsOf, attachmentsOf } from '../http/arrived.ts'
import { type CallName, encodeError } from '../http/error-body.ts'
import { parseArguments } from '../http/parse-arguments.ts'
import { tooLarge } from '../http/refusal.ts'
import { encodeReply, packReply } from '../http/reply-body.ts'
import { nameIn } from '../http/unknown-path.ts'
import { hasStopped, namesNoMethod, UNKNOWN } from '../http/unserved.ts'
import { providerFailed } from '../provider-failed.ts'
import { callerLeft, itemTooLarge, noStreams, outOfTime, windowBroken } from '../streaming/endings.ts'
import { onceIterable } from '../streaming/once-iterable.ts'
import { onAbort } from '../waiting/on-abort.ts'
import { readFacts } from './facts.ts'
import { FrameType } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import { ItemReceiver } from './item-receiver.ts'
import { ItemSender } from './item-sender.ts'
import type { ReadRequest } from './request-frame.ts'
import type { Answering } from './served-request.ts'
import type { Sessions } from './serving-session.ts'
import { StreamArrival } from './stream-arrival.ts'
import { unpackArguments } from './unpack-arguments.ts'

export interface ServedStreamParts {
  readonly shared: Sessions
  readonly session: Pick<Answering, 'caller' | 'remote' | 'binary'>
  readonly writer: FrameWriter
  readonly id: number
  readonly head: ReadRequest
  readonly kind: StreamKind
  /** It has ended, and was told so. */
  readonly ended: () => void
}

/** A stream of a session as its provider has it, from its request to its end, of which there is one. */
export class ServedStream {
  readonly #parts: ServedStreamParts
  readonly #enteredAt: number
  #name: CallName | undefined
  #start: ObservedStart | undefined
  #arrival: StreamArrival | undefined
  #received: ItemReceiver | undefined
  #sent: ItemSender | undefined
  #watching: Disposable[] = []
  #items = 0
  #isOver = false

  constructor(parts: ServedStreamParts) {
    this.#parts = parts
    const { exchanges } = parts.shared
    this.#enteredAt = exchanges.clock.now()
    exchanges.lastCallAt = this.#enteredAt
    exchanges.inFlight++
  }

  /** Text is JSON. No body: it is too large. */
  run(body: string | Uint8Array | undefined, credit: number): void {
    const { shared, kind } = this.#parts
    const { exchanges } = shared
    try {
      const arrival = this.#read(body)
      exchanges.streams.add(arrival)
      this.#watch(arrival)
      const { serveStream = noStreams('its callers') } = exchanges
      const items = serveStream(arrival)
      if (kind === 'client') this.#replyWith(items)
      else this.#send(items, arrival).credit(credit)
    } catch (error) {
      this.#fail(error)
    }
  }

  item(isLast: boolean, bytes: Buffer, start: number, end: number): void {
    this.#received?.take(isLast, bytes, start, end)
  }

  /** The last item has come in. */
  endInput(): void {
    this.#received?.end()
  }

  credit(bytes: number): void {
    this.#sent?.credit(bytes)
  }

  /** Nobody reads it any more. */
  cancel(): void {
    if (this.#isOver) return
    this.#end('canceled', callerLeft())
  }

  #read(body: string | Uint8Array | undefined): StreamArrival {
    const { shared, session, head, kind } = this.#parts
    const { exchanges, routes, maxDepth, maxRequestBytes } = shared
    const route = routes.get(head.path)
    const name = route?.name ?? nameIn(head.path)
    this.#name = name
    const arrived = readFacts(head.facts)
    const attachments = attachmentsOf(arrived)
    this.#observe(route?.name ?? UNKNOWN, attachments[LANE])
    if (name === undefined) throw namesNoMethod(head.path)
    if (exchanges.refusing) throw hasStopped()
    if (body === undefined) throw tooLarge(maxRequestBytes).error
    const args = typeof body === 'string' ? parseArguments(body, maxDepth) : this.#unpacked(body)
    const { service, method } = name
    const { caller, remote } = session
    const call = {
      ...{ service, method, attachments, caller, arrived, remote, attempt: head.attempt },
      ...{ args: argsOf(args, exchanges.maxArguments), idempotent: route?.idempotent ?? false },
      deadline: head.leftMs > 0 ? this.#enteredAt + head.leftMs : undefined,
      stream: kind,
    }
    const received = kind === 'server' ? undefined : this.#receiver(name)
    this.#received = received
    this.#arrival = new StreamArrival(call, received && onceIterable(name, () => received))
    return this.#arrival
  }

  #unpacked(bytes: Uint8Array): unknown {
    const { shared, session } = this.#parts
    return unpackArguments(bytes, shared.maxDepth, session.binary!)
  }

  #receiver(name: CallName): ItemReceiver {
    const { shared, session, writer, id } = this.#parts
    const { maxDepth, maxRequestBytes: maxItemBytes, windowBytes } = shared
    const enough = (): void => writer.number(FrameType.cancel, id)
    const received: ItemReceiver = new ItemReceiver({
      ...{ windowBytes, maxItemBytes, binary: session.binary },
      decode: (item) => (typeof item === 'string' ? parseArguments(item, maxDepth) : this.#unpacked(item)),
      grant: (bytes) => writer.number(FrameType.credit, id, bytes),
      left: enough,
      broke: (limit) => {
        if (limit === 'window') {
          this.#fail(windowBroken(name, windowBytes))
          return
        }
        // To the method that reads it, after what came before.
        received.fail(itemTooLarge(name, maxItemBytes))
        enough()
      },
    })
    return received
  }

  #observe({ service, method }: CallName, lane = STABLE_LANE): void {
    const { observer } = this.#parts.shared.exchanges
    if (observer === undefined) return
    this.#start = { kind: 'served', service, method, lane, caller: this.#parts.session.caller }
    observer.started(this.#start)
  }

  /** Ends it when nobody asks for items, too: then its layers cannot say that it is over. */
  #watch(arrival: StreamArrival): void {
    const { clock } = this.#parts.shared.exchanges
    const { signal, deadline } = arrival
    this.#watching.push(onAbort(signal, () => this.#fail(signal.reason)))
    if (deadline === undefined) return
    const late = (): void => this.#fail(outOfTime(arrival, this.#items))
    this.#watching.push(clock.after(deadline - this.#enteredAt, late))
  }

  #send(items: AsyncIterable<unknown>, name: CallName): ItemSender {
    const { writer, id, session } = this.#parts
    const sent = new ItemSender({
      ...{ writer, id, items },
      encode: (item) => {
        this.#items++
        return session.binary === undefined ? encodeReply(item, name) : packReply(item, name, session.binary)
      },
      ended: () => {
        writer.number(FrameType.end, id)
        this.#end('ok')
      },
      failed: (error) => this.#fail(error),
    })
    this.#sent = sent
    // Even if nobody reads: filters and limits are to know of it.
    sent.begin()
    return sent
  }

  /** There is one item, which needs no credit. */
  #replyWith(items: AsyncIterable<unknown>): void {
    const only = async (): Promise<unknown> => {
      let reply: unknown
      for await (const item of items) reply = item
      return reply
    }
    only()
      .then((value) => this.#reply(value))
      .catch((error: unknown) => this.#fail(error))
  }

  #reply(value: unknown): void {
    if (this.#isOver) return
    const { writer, id, session } = this.#parts
    const { binary } = session
    const name = this.#name!
    writer.put(FrameType.reply, id, binary === undefined ? encodeReply(value, name) : packReply(value, name, binary))
    this.#end('ok')
  }

  #fail(error: unknown): void {
    if (this.#isOver) return
    const { writer, id, shared } = this.#parts
    const said = RpcError.is(error) ? error : providerFailed(error, shared.exchanges.logger)
    writer.text(FrameType.error, id, encodeError(said, this.#name))
    this.#end(said.code, said)
  }

  /** With a reason in the middle: whatever still runs does so for nobody. */
  #end(code: RpcErrorCode | 'ok', reason?: RpcError): void {
    this.#isOver = true
    const { exchanges } = this.#parts.shared
    for (const one of this.#watching) one[Symbol.dispose]()
    const arrival = this.#arrival
    if (arrival !== undefined) exchanges.streams.delete(arrival)
    if (reason !== undefined) arrival?.abandon(reason)
    this.#sent?.stop()
    this.#received?.drop()
    if (this.#start !== undefined)
      exchanges.observer?.ended(observedEnd(this.#start, code, exchanges.clock.now() - this.#enteredAt))
    exchanges.inFlight--
    this.#parts.ended()
    if (exchanges.inFlight === 0) exchanges.onIdle()
  }
}
