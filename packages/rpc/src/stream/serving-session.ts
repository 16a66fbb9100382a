import type { Socket } from 'node:net'
import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import { elsewhere } from '../http/elsewhere.ts'
import type { CallName } from '../http/error-body.ts'
import type { Exchanges } from '../http/exchanges.ts'
import type { ReplyWriter } from '../http/reply-body.ts'
import type { Remote } from '../transport.ts'
import { assembly } from './assembly.ts'
import { FrameType, NO_CALL, SLACK_BYTES } from './frame.ts'
import { type FrameHandler, FrameReader } from './frame-reader.ts'
import { FrameWriter } from './frame-writer.ts'
import { heartbeat } from './heartbeat.ts'
import { IdTable } from './id-table.ts'
import { RequestKind, readRequest } from './request-frame.ts'
import { ServedRequest } from './served-request.ts'
import { ServedStreams } from './served-streams.ts'
import { CLOSING_SOON } from './stream-line.ts'

/** What the path of a request leads to. */
export interface ServedRoute {
  readonly name: CallName
  readonly idempotent: boolean
  /** Writes the reply. Default `JSON.stringify`. */
  readonly write: ReplyWriter | undefined
}

/** What all sessions of a listener share. */
export interface Sessions {
  /** Shared with the other doors of the listener. */
  readonly exchanges: Exchanges
  /** By path. */
  readonly routes: ReadonlyMap<string, ServedRoute>
  /** The encoding that callers may ask for beside JSON, if any. */
  readonly binary: BinaryEncoding | undefined
  readonly maxRequestBytes: number
  /** Of the items of one stream that may be on their way here, in bytes. */
  readonly windowBytes: number
  /** Levels of the arguments. */
  readonly maxDepth: number
  readonly heartbeatMs: number
  /** Whether who has no certificate that is believed is refused. */
  readonly certifiedOnly: boolean
}

/** The serving end of one upgraded connection. */
export class ServingSession {
  readonly caller: string
  readonly remote: Remote
  /** What was agreed upon in the place of JSON, if anything. */
  readonly binary: BinaryEncoding | undefined
  readonly #shared: Sessions
  readonly #socket: Socket
  readonly #writer: FrameWriter
  readonly #running = new IdTable<ServedRequest>()
  readonly #streams: ServedStreams
  readonly #beat: Disposable
  readonly #ended: () => void
  #heardAt: number
  #isOver = false
  #hasTold = false

  constructor(
    shared: Sessions,
    socket: Socket,
    from: Pick<ServingSession, 'caller' | 'remote' | 'binary'>,
    ended: () => void,
  ) {
    const { exchanges, maxRequestBytes, heartbeatMs } = shared
    const { clock } = exchanges
    this.caller = from.caller
    this.remote = from.remote
    this.binary = from.binary
    this.#shared = shared
    this.#socket = socket
    this.#ended = ended
    this.#writer = new FrameWriter(socket, () => this.#listen())
    this.#streams = new ServedStreams({ shared, session: this, writer: this.#writer, ended: () => this.#tell() })
    this.#heardAt = clock.now()
    const whole: FrameHandler = (type, id, bytes, start, end) => this.#take(type, id, bytes, start, end)
    const onTooLong: FrameHandler = (type, id, bytes, start, end) => {
      if (type === FrameType.request) this.#request(id, bytes, start, end, true)
    }
    const maxMessageBytes = maxRequestBytes + HEAD_BYTES
    const handle = assembly({ maxMessageBytes, onTooLong }, whole)
    const reader = new FrameReader(maxMessageBytes + SLACK_BYTES, handle)
    socket.on('data', (chunk: Buffer) => this.#hear(chunk, reader))
    socket.on('timeout', () => socket.destroy())
    socket.on('error', () => this.#end())
    socket.on('end', () => socket.end())
    socket.on('close', () => this.#end())
    this.#beat = heartbeat({
      ...{ heartbeatMs, clock },
      // Whom we do not listen to is not silent.
      heardAt: () => (socket.isPaused() ? clock.now() : this.#heardAt),
      ping: () => this.#writer.number(FrameType.ping, NO_CALL),
      dead: () => socket.destroy(),
    })
    this.#tell()
  }

  /** Says once when it is time to look elsewhere, and again when that has come to an end and begun anew. */
  #tell(): void {
    const isAway = elsewhere(this.#shared.exchanges) !== undefined
    if (isAway && !this.#hasTold) this.leave()
    this.#hasTold = isAway
  }

  leave(): void {
    this.#hasTold = true
    this.#writer.number(FrameType.goAway, NO_CALL, 1)
  }

  /** No further call is taken: who has none under way closes. */
  refuse(): void {
    this.#writer.number(FrameType.goAway, NO_CALL, CLOSING_SOON)
  }

  destroy(): void {
    this.#socket.destroy()
  }

  reply(id: number, body: string | Uint8Array): void {
    this.#running.take(id)
    // The last of all need not wait for others to share a write with.
    if (this.#running.size === 0) this.#writer.atOnce(() => this.#put(id, body))
    else this.#put(id, body)
    if (this.#writer.queuedBytes > PATIENCE_BYTES) this.#ignore()
  }

  fail(id: number, text: string): void {
    this.#running.take(id)
    this.#writer.text(FrameType.error, id, text)
  }

  #put(id: number, body: string | Uint8Array): void {
    this.#writer.put(FrameType.reply, id, body)
    this.#tell()
  }

  /** Who does not read what is answered is not listened to, and given up when he takes nothing for two heartbeats. */
  #ignore(): void {
    if (this.#socket.isPaused()) return
    this.#socket.pause()
    this.#socket.setTimeout(this.#shared.heartbeatMs * 2)
  }

  #listen(): void {
    if (!this.#socket.isPaused() || this.#writer.queuedBytes > PATIENCE_BYTES) return
    this.#socket.setTimeout(0)
    this.#socket.resume()
  }

  #hear(chunk: Buffer, reader: FrameReader): void {
    this.#heardAt = this.#shared.exchanges.clock.now()
    try {
      reader.push(chunk)
    } catch (error) {
      this.#shared.exchanges.logger.warn(
        { error, peer: this.remote.address },
        'a connection is closed that sends no frames',
      )
      this.#socket.destroy()
    }
  }

  #take(type: number, id: number, bytes: Buffer, start: number, end: number): void {
    if (type === FrameType.request) this.#request(id, bytes, start, end)
    else if (type === FrameType.ping) this.#writer.number(FrameType.pong, NO_CALL)
    else if (type === FrameType.cancel) this.#cancel(id, bytes, start, end)
    else this.#streams.take(type, id, bytes, start, end)
  }

  #cancel(id: number, bytes: Buffer, start: number, end: number): void {
    const request = this.#running.take(id)
    if (request === undefined) this.#streams.take(FrameType.cancel, id, bytes, start, end)
    else request.cancel()
  }

  #request(id: number, bytes: Buffer, start: number, end: number, isCut = false): void {
    const head = readRequest(bytes, start, end)
    if (head === undefined || id === NO_CALL || this.#running.get(id) !== undefined || this.#streams.has(id)) {
      throw new RangeError(`request ${id} is malformed, or of an id that is in use`)
    }
    if (head.kind !== RequestKind.unary) {
      this.#streams.request(id, head, bytes, end, isCut)
      return
    }
    const request = new ServedRequest(this.#shared, this, id, head)
    this.#running.add(id, request)
    const isTooLarge = isCut || end - head.body > this.#shared.maxRequestBytes
    if (isTooLarge) request.run(undefined)
    else if (this.binary === undefined) request.run(bytes.toString('utf8', head.body, end))
    else request.run(bytes.subarray(head.body, end))
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#beat[Symbol.dispose]()
    this.#socket.destroy()
    for (const request of this.#running.takeAll()) request.cancel()
    this.#streams.cancelAll()
    this.#ended()
  }
}

/** Path and facts come on top of the arguments. */
const HEAD_BYTES = 128 * 1_024
const PATIENCE_BYTES = 2 ** 20
