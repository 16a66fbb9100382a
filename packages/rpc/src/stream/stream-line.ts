import type { Socket } from 'node:net'
import { type Clock, type Invocation, type Reply, RpcError, type StreamInvocation } from '@kumquat/core'
import { type BinaryEncoding, MAX_VALUE_DEPTH } from '../encoding/value-encoding.ts'
import { bodyOf, packedBodyOf } from '../http/departing.ts'
import { decodeError } from '../http/error-body.ts'
import { notSent } from '../not-sent.ts'
import type { Deadlines } from '../waiting/deadlines.ts'
import { assembly } from './assembly.ts'
import { CallSlots } from './call-slots.ts'
import { preludeOf } from './departing-request.ts'
import { FrameType, NO_CALL, PART_BYTES, SLACK_BYTES } from './frame.ts'
import { type FrameHandler, FrameReader } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import { heartbeat } from './heartbeat.ts'
import { RequestKind } from './request-frame.ts'
import { StreamCalls } from './stream-calls.ts'
import { type CallLine, WaitingCall } from './waiting-call.ts'

export interface StreamLineOptions {
  readonly socket: Socket
  /** `host:port`. */
  readonly peer: string
  /** What was agreed upon in the place of JSON, if anything. */
  readonly binary?: BinaryEncoding | undefined
  readonly maxAnswerBytes: number
  /** Bytes that wait for the peer to take them; more calls are refused. */
  readonly maxQueuedBytes: number
  /** At once; more are refused. */
  readonly maxStreams: number
  /** Of the items of one stream that may be on their way here, in bytes. */
  readonly windowBytes: number
  readonly maxItemBytes: number
  readonly heartbeatMs: number
  readonly clock: Clock
  readonly deadlines: Deadlines
  /** The peer asks to look elsewhere. */
  readonly onGoAway: () => void
  /** It is over, on purpose or not. */
  readonly onEnd: (error: Error | undefined) => void
}

/** One upgraded connection to a provider: many calls and streams at once, matched by id. Ends for good. */
export class StreamLine implements CallLine {
  readonly peer: string
  readonly deadlines: Deadlines
  readonly #options: StreamLineOptions
  readonly #socket: Socket
  readonly #writer: FrameWriter
  readonly #calls = new CallSlots<WaitingCall>()
  readonly #streams: StreamCalls
  readonly #beat: Disposable
  #heardAt: number
  /** It takes no more calls, and ends with the last of them. */
  #retiring = false
  #failure: Error | undefined
  #isOver = false
  readonly #ended: Promise<void>
  #closed!: () => void

  constructor(options: StreamLineOptions) {
    const { socket, peer, deadlines, maxAnswerBytes, clock, heartbeatMs } = options
    this.peer = peer
    this.deadlines = deadlines
    this.#options = options
    this.#socket = socket
    this.#writer = new FrameWriter(socket)
    this.#streams = new StreamCalls({
      ...{ peer, socket, writer: this.#writer, binary: options.binary },
      ...{ windowBytes: options.windowBytes, maxItemBytes: options.maxItemBytes },
      admit: (call) => this.#admit(call),
      left: () => this.#rest(),
    })
    this.#heardAt = clock.now()
    this.#ended = new Promise((resolve) => {
      this.#closed = resolve
    })
    const whole: FrameHandler = (type, id, bytes, start, end) => this.#take(type, id, bytes, start, end)
    const onTooLong: FrameHandler = (_, id) => this.#tooLong(id)
    const handle = assembly({ maxMessageBytes: maxAnswerBytes, onTooLong }, whole)
    const reader = new FrameReader(maxAnswerBytes + SLACK_BYTES, handle)
    socket.on('data', (chunk: Buffer) => this.#hear(chunk, reader))
    socket.on('error', (error) => this.#break(error))
    socket.on('end', () => this.#end())
    socket.on('close', () => this.#end())
    this.#beat = heartbeat({
      ...{ heartbeatMs, clock },
      heardAt: () => this.#heardAt,
      ping: () => this.#writer.number(FrameType.ping, NO_CALL),
      dead: () => this.#break(new Error(`it gave no sign of life for ${heartbeatMs * 2} ms`)),
    })
  }

  /** Calls that wait for an answer. */
  get pending(): number {
    return this.#calls.count
  }

  /** Streams under way. */
  get streams(): number {
    return this.#streams.count
  }

  get isOpen(): boolean {
    return !this.#retiring && this.#socket.writable
  }

  call(invocation: Invocation, leftMs: number): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { binary } = this.#options
      this.#refuseQueued(invocation)
      const body = binary === undefined ? bodyOf(invocation) : packedBodyOf(invocation, binary)
      const prelude = preludeOf(invocation, leftMs, RequestKind.unary)
      const call = new WaitingCall(invocation, this, resolve, reject)
      const id = this.#calls.add(call)
      // Alone it need not wait for others to share a write with.
      const put = (): void => this.#writer.put(FrameType.request, id, body, prelude)
      if (this.#calls.count === 1) this.#writer.atOnce(put)
      else put()
      call.began(id, this.#writer.texts)
    })
  }

  /** Sent with the first item that is asked for. */
  stream(call: StreamInvocation, leftMs: number): AsyncIterator<unknown> {
    return this.#streams.begin(call, leftMs)
  }

  giveUp(id: number): boolean {
    this.#calls.take(id)
    const isUnsent = this.#writer.drop(id)
    if (!isUnsent && this.#socket.writable) this.#writer.number(FrameType.cancel, id)
    this.#rest()
    return isUnsent
  }

  /** Takes no more calls; resolves when those under way are answered and it is closed. */
  retire(): Promise<void> {
    this.#retiring = true
    this.#rest()
    return this.#ended
  }

  #admit(call: StreamInvocation): void {
    if (!this.isOpen) throw notSent(call, 'unavailable', `the line to ${this.peer} was closed; ask another provider`)
    const { maxStreams } = this.#options
    if (this.streams >= maxStreams) {
      const reason = `${maxStreams} streams of ${this.peer} are under way already; end some, or raise maxStreams`
      throw notSent(call, 'resource_exhausted', reason)
    }
    this.#refuseQueued(call)
  }

  #refuseQueued(invocation: Invocation): void {
    const { maxQueuedBytes } = this.#options
    if (this.#writer.queuedBytes <= maxQueuedBytes) return
    const reason = `more than ${maxQueuedBytes} bytes wait for ${this.peer} to read them; slow down, or add providers`
    throw notSent(invocation, 'resource_exhausted', reason)
  }

  #hear(chunk: Buffer, reader: FrameReader): void {
    this.#heardAt = this.#options.clock.now()
    try {
      reader.push(chunk)
    } catch (error) {
      this.#break(error as Error)
    }
  }

  #take(type: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (type === FrameType.reply) this.#reply(id, bytes, start, end)
    else if (type === FrameType.error) this.#error(id, bytes, start, end)
    else if (type === FrameType.ping) this.#writer.number(FrameType.pong, NO_CALL)
    else if (type === FrameType.goAway) {
      this.#options.onGoAway()
      if (end - start >= 4 && bytes.readUInt32BE(start) === CLOSING_SOON) void this.retire()
    } else this.#streams.take(type, id, bytes, start, end)
  }

  #reply(id: number, bytes: Buffer, start: number, end: number): void {
    const call = this.#calls.take(id)
    if (call === undefined) {
      this.#streams.take(FrameType.reply, id, bytes, start, end)
      return
    }
    const { binary } = this.#options
    try {
      if (start === end) call.succeed(undefined)
      else if (end - start > PART_BYTES) call.succeedSoon(this.#read(bytes, start, end))
      else call.succeed(this.#read(bytes, start, end))
    } catch (cause) {
      const shown = binary === undefined ? 'utf8' : 'hex'
      const answer = bytes.toString(shown, start, Math.min(end, start + 100))
      const message = `${call.where} answered what is not ${binary === undefined ? 'JSON' : `${binary.name} as we take it`}: ${answer}`
      call.fail(new RpcError('internal', message, { outcome: 'unknown', cause }))
    }
    if (this.#retiring) this.#rest()
  }

  #read(bytes: Buffer, start: number, end: number): unknown {
    const { binary } = this.#options
    return binary === undefined
      ? JSON.parse(bytes.toString('utf8', start, end))
      : binary.decode(bytes.subarray(start, end), MAX_VALUE_DEPTH)
  }

  #error(id: number, bytes: Buffer, start: number, end: number): void {
    const call = this.#calls.take(id)
    if (call === undefined) this.#streams.take(FrameType.error, id, bytes, start, end)
    else call.fail(decodeError({ status: 500, text: bytes.toString('utf8', start, end) }, call.where))
    if (this.#retiring) this.#rest()
  }

  #tooLong(id: number): void {
    const { maxAnswerBytes } = this.#options
    const call = this.#calls.take(id)
    if (call === undefined) this.#streams.tooLong(id, maxAnswerBytes)
    const message = `${call?.where} answered more than is accepted (${maxAnswerBytes} bytes); ask for less at a time`
    call?.fail(new RpcError('resource_exhausted', message, { outcome: 'ran' }))
    if (this.#retiring) this.#rest()
  }

  #rest(): void {
    if (this.#retiring && this.#calls.count + this.#streams.count === 0) this.#socket.end()
  }

  #break(error: Error): void {
    this.#failure ??= error
    this.#socket.destroy()
    this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#retiring = true
    this.#beat[Symbol.dispose]()
    const reason = this.#failure?.message ?? 'it was closed by the other end'
    for (const call of this.#calls.takeAll()) {
      const hasGone = call.number <= this.#writer.textsGone
      const what = hasGone ? 'before the answer came' : 'before the call left'
      const message = `${call.where}: the connection broke ${what} (${reason}); ${hasGone ? 'it may have run' : 'ask another'}`
      call.fail(
        new RpcError('unavailable', message, { outcome: hasGone ? 'unknown' : 'not-run', cause: this.#failure }),
      )
    }
    this.#streams.broke(reason, this.#failure)
    this.#options.onEnd(this.#failure)
    this.#socket.end()
    this.#closed()
  }
}

/** The number in a go-away: further calls are refused. */
export const CLOSING_SOON = 2
