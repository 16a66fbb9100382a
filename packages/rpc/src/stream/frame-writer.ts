import type { Socket } from 'node:net'
import { HEADER_BYTES, LENGTH_BYTES, PART_BYTES } from './frame.ts'
import { LongMessage } from './long-message.ts'
import type { Prelude } from './prelude.ts'

/**
 * Puts frames on a socket: what is written in one turn of the event loop leaves together, sixteen at a time, which is the greatest
 * single saving there is (docs/decisions/0021). What is long leaves in parts, one in each turn, behind the small ones, in turn with
 * other long ones, and only as fast as the other end reads.
 */
export class FrameWriter {
  readonly #socket: Socket
  readonly #taken: () => void
  /** Written into once from end to end, then left to the collector: the socket may still be reading from it. */
  #slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
  #start = 0
  #end = 0
  #isDue = false
  /** Written into the slab, and not yet gone. */
  #frames = 0
  #texts = 0
  #textsGone = 0
  #long: LongMessage[] = []
  #longBytes = 0
  /** The next part of a long one has a turn of its own. */
  #isPaced = false
  /** Parts of long ones since the last short one. */
  #undisturbed = 0
  readonly #turn = (): void => {
    this.#isPaced = false
    this.#pump()
  }
  #waiting: (() => void)[] = []

  /** `taken` is told whenever less waits than before. */
  constructor(socket: Socket, taken: () => void = () => {}) {
    this.#socket = socket
    this.#taken = taken
    socket.on('drain', () => {
      this.#pump()
      this.#tellRoom()
      this.#taken()
    })
  }

  /** Bytes that the other end has yet to take. */
  get queuedBytes(): number {
    return this.#socket.writableLength + this.#longBytes + this.#end - this.#start
  }

  /** Whether items of streams may be put on it: what is small need not wait for many of them. */
  get hasRoom(): boolean {
    return this.#socket.writableLength + this.#end - this.#start < ROOM_BYTES
  }

  /** Tells once of room, after those who asked before; to be asked for where there is none. Never, if the socket ends. */
  whenRoom(told: () => void): void {
    this.#waiting.push(told)
  }

  /**
   * How many frames of texts or bytes were put on it, and up to which of them some may have gone to the socket, a long one with
   * its first part.
   */
  get texts(): number {
    return this.#texts
  }

  get textsGone(): number {
    return this.#textsGone
  }

  /** A frame of text or of bytes. */
  put(type: number, id: number, payload: string | Uint8Array, prelude?: Prelude): void {
    if (typeof payload === 'string') this.text(type, id, payload, prelude)
    else this.bytes(type, id, payload, prelude)
  }

  /** A frame whose payload is a prelude, if any, then `text` in UTF-8. */
  text(type: number, id: number, text: string, prelude?: Prelude): void {
    this.#texts++
    if (text.length > LONG_CHARS) {
      this.#split(type, id, text, prelude)
      return
    }
    const preludeBytes = prelude?.bytes ?? 0
    const at = this.#reserve(HEADER_BYTES + preludeBytes + text.length * 3)
    const slab = this.#slab
    prelude?.write(slab, at + HEADER_BYTES)
    const body = at + HEADER_BYTES + preludeBytes
    this.#finish(type, id, at, body + (text === '' ? 0 : slab.write(text, body)))
  }

  /** The same, whose payload goes on with bytes. They are copied. */
  bytes(type: number, id: number, payload: Uint8Array, prelude?: Prelude): void {
    this.#texts++
    if (payload.length > PART_BYTES) {
      this.#split(type, id, new Uint8Array(payload), prelude)
      return
    }
    const preludeBytes = prelude?.bytes ?? 0
    const at = this.#reserve(HEADER_BYTES + preludeBytes + payload.length)
    const body = at + HEADER_BYTES + preludeBytes
    prelude?.write(this.#slab, at + HEADER_BYTES)
    this.#slab.set(payload, body)
    this.#finish(type, id, at, body + payload.length)
  }

  /** A frame that carries a number, or nothing. */
  number(type: number, id: number, value?: number): void {
    const at = this.#reserve(HEADER_BYTES + 4)
    if (value !== undefined) this.#slab.writeUInt32BE(value, at + HEADER_BYTES)
    this.#finish(type, id, at, at + HEADER_BYTES + (value === undefined ? 0 : 4))
  }

  /** Drops what has not left of a long message. True if anything was dropped. */
  drop(id: number): boolean {
    const dropped = this.#long.find((one) => one.id === id)
    if (dropped === undefined) return false
    this.#long = this.#long.filter((one) => one !== dropped)
    this.#longBytes -= dropped.left
    return !dropped.hasBegun
  }

  /** Writes what `write` puts on it, and all before, without waiting for more: for whoever is alone on the line. */
  atOnce(write: () => void): void {
    // Or a turn would be asked for that finds nothing to do.
    this.#isDue = true
    try {
      write()
    } finally {
      this.flush()
    }
  }

  flush(): void {
    this.#isDue = false
    this.#leave()
    if (this.#long.length > 0) this.#pump()
  }

  /** Nothing goes to a socket that has ended. */
  #leave(): void {
    if (this.#end > this.#start && this.#socket.writable) {
      this.#socket.write(this.#slab.subarray(this.#start, this.#end))
      this.#textsGone = this.#texts
    }
    this.#start = this.#end
    this.#frames = 0
  }

  #reserve(bytes: number): number {
    if (this.#end + bytes > SLAB_BYTES) {
      this.#leave()
      this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES)
      this.#start = 0
      this.#end = 0
    }
    return this.#end
  }

  #finish(type: number, id: number, at: number, end: number): void {
    const slab = this.#slab
    const length = end - at - LENGTH_BYTES
    slab[at] = length >>> 24
    slab[at + 1] = length >>> 16
    slab[at + 2] = length >>> 8
    slab[at + 3] = length
    slab[at + 4] = type
    slab[at + 5] = id >>> 24
    slab[at + 6] = id >>> 16
    slab[at + 7] = id >>> 8
    slab[at + 8] = id
    this.#end = end
    this.#undisturbed = 0
    if (++this.#frames < TOGETHER) this.#due()
    else this.#leave()
  }

  #due(): void {
    if (this.#isDue) return
    this.#isDue = true
    // After the promises of this turn, so that what they write goes along.
    process.nextTick(flushOf, this)
  }

  #split(type: number, id: number, payload: string | Uint8Array, prelude: Prelude | undefined): void {
    const long = new LongMessage(type, id, this.#texts, payload, prelude)
    this.#long.push(long)
    this.#longBytes += long.left
    this.#due()
  }

  /**
   * Parts of long messages, while the other end takes them. A socket takes megabytes at once, and short ones would come behind all
   * of them: so each part has a turn of the event loop to itself, in which short ones pass, as long as there are any.
   */
  #pump(): void {
    const socket = this.#socket
    while (this.#long.length > 0 && !this.#isPaced && socket.writableLength < AHEAD_BYTES && socket.writable) {
      this.#part(this.#long.shift()!)
      if (this.#long.length === 0 || ++this.#undisturbed > UNDISTURBED) continue
      this.#isPaced = true
      setImmediate(this.#turn)
    }
  }

  #part(long: LongMessage): void {
    const before = long.left
    this.#socket.write(long.part())
    if (long.number > this.#textsGone) this.#textsGone = long.number
    this.#longBytes -= before - long.left
    if (long.left > 0) this.#long.push(long)
    this.#taken()
  }

  #tellRoom(): void {
    const { length } = this.#waiting
    for (let i = 0; i < length && this.hasRoom; i++) this.#waiting.shift()!()
  }
}

/**
 * So many leave in one write: it costs a call half a microsecond, and the other end begins with the first while we go on with
 * the rest. In one write for all of 64 calls the ends would work by turns.
 */
const TOGETHER = 16

const flushOf = (writer: FrameWriter): void => writer.flush()

const SLAB_BYTES = 256 * 1_024
/** Three bytes for a character at most: such a text is sure to fit into an empty slab. */
const LONG_CHARS = PART_BYTES
/** So much of long messages may wait in front of a small one. */
const AHEAD_BYTES = 2 * PART_BYTES
/** After so many parts between which nothing short was sent the rest need not wait. */
const UNDISTURBED = 4
/** So much of items. More than the above, so that both come in turn; more than any socket keeps before it says that it drained. */
const ROOM_BYTES = 2 * AHEAD_BYTES
