import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import { DONE } from '../streaming/done.ts'
import { costOf } from './item-cost.ts'

export interface ItemReceiverParts {
  /** Bytes that may be on their way here, 1 to 1 GiB; only the last item may go beyond. */
  readonly windowBytes: number
  readonly maxItemBytes: number
  /** In the place of JSON, if anything. */
  readonly binary: BinaryEncoding | undefined
  /** Reads an item. Text is JSON. Throws on what cannot be read. */
  readonly decode: (item: string | Uint8Array) => unknown
  /** Tells the sender that it may send so many bytes more. */
  readonly grant: (bytes: number) => void
  /** Nothing more is wanted: the reader has left, or an item cannot be read. */
  readonly left: () => void
  /** The sender broke a limit. To be failed then. */
  readonly broke: (limit: 'item' | 'window') => void
}

/**
 * Keeps items that have come until they are read, in the bytes in which they came, and gives credit for more as they are. What it
 * holds is bounded by its window and one item. The failure or end that is told of comes after them.
 */
export class ItemReceiver implements AsyncIterator<unknown> {
  readonly #parts: ItemReceiverParts
  readonly #items: (string | Uint8Array)[] = []
  readonly #costs: number[] = []
  readonly #readers: Reader[] = []
  /** What the sender may still send; nothing until it was given its first credit. */
  #allowed: number | undefined
  /** Of the window, what was read since credit was given. */
  #read = 0
  /** The parts of an item whose end has not come. */
  #under = EMPTY
  #underBytes = 0
  #isUnder = false
  #state: 'open' | 'ended' | 'left' = 'open'
  #failure: { readonly error: unknown } | undefined

  /** `allowed`: credit that the sender was given already. Default: it gets its first when somebody reads. */
  constructor(parts: ItemReceiverParts, allowed?: number) {
    this.#parts = parts
    this.#allowed = allowed
  }

  /** An item, or a part of one. */
  take(isLast: boolean, bytes: Buffer, start: number, end: number): void {
    if (this.#state !== 'open') return
    if (!this.#isUnder && (this.#allowed ?? 0) <= 0) {
      this.#parts.broke('window')
      return
    }
    const size = this.#underBytes + end - start
    if (size > this.#parts.maxItemBytes) {
      this.#parts.broke('item')
      return
    }
    if (isLast && !this.#isUnder) {
      this.#got(bytes, start, end)
      return
    }
    this.#keep(size, bytes, start, end)
    if (!isLast) return
    const whole = this.#under
    this.#forget()
    this.#got(whole, 0, size)
  }

  /** The one item there is, and the end. */
  only(bytes: Buffer, start: number, end: number): void {
    if (this.#state !== 'open') return
    this.#push(bytes, start, end)
    this.end()
  }

  end(): void {
    if (this.#state !== 'open') return
    this.#state = 'ended'
    this.#forget()
    this.#deliver()
  }

  fail(error: unknown): void {
    if (this.#state !== 'open') return
    this.#failure = { error }
    this.end()
  }

  next(): Promise<IteratorResult<unknown>> {
    return new Promise((resolve, reject) => {
      this.#grant()
      this.#readers.push({ resolve, reject })
      this.#deliver()
    })
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    const wasOpen = this.#state === 'open'
    this.drop()
    if (wasOpen) this.#parts.left()
    return DONE
  }

  /** As if read to the end. */
  drop(): void {
    this.#state = 'left'
    this.#failure = undefined
    this.#items.length = 0
    this.#costs.length = 0
    this.#forget()
    this.#deliver()
  }

  #got(bytes: Buffer, start: number, end: number): void {
    this.#allowed = (this.#allowed ?? 0) - this.#push(bytes, start, end)
    this.#deliver()
  }

  /** Returns what it takes of the window. */
  #push(bytes: Buffer, start: number, end: number): number {
    const { binary } = this.#parts
    const cost = costOf(end - start)
    this.#items.push(binary === undefined ? bytes.toString('utf8', start, end) : copyOf(bytes.subarray(start, end)))
    this.#costs.push(cost)
    return cost
  }

  #deliver(): void {
    while (this.#readers.length > 0) {
      if (this.#items.length > 0) this.#give()
      else if (this.#failure !== undefined) {
        const { error } = this.#failure
        this.#failure = undefined
        this.#readers.shift()!.reject(error)
      } else if (this.#state !== 'open') this.#readers.shift()!.resolve(DONE)
      else {
        this.#grant()
        return
      }
    }
  }

  #give(): void {
    const { decode, left } = this.#parts
    const reader = this.#readers.shift()!
    const item = this.#items.shift()!
    this.#read += this.#costs.shift()!
    try {
      reader.resolve({ done: false, value: decode(item) })
    } catch (error) {
      const wasOpen = this.#state === 'open'
      this.drop()
      reader.reject(error)
      if (wasOpen) left()
    }
  }

  /** When more is asked for, not when something is read: then a small window has items come one by one. */
  #grant(): void {
    if (this.#state !== 'open') return
    const { windowBytes, grant } = this.#parts
    const bytes = this.#allowed === undefined ? windowBytes : this.#read
    if (bytes < windowBytes / 2) return
    this.#read = 0
    this.#allowed = (this.#allowed ?? 0) + bytes
    grant(bytes)
  }

  /** Grows by doubling: pieces could be many, and tiny. */
  #keep(size: number, bytes: Buffer, start: number, end: number): void {
    if (size > this.#under.length) {
      const room = Math.min(Math.max(size, this.#under.length * 2), this.#parts.maxItemBytes)
      const grown = Buffer.allocUnsafeSlow(room)
      this.#under.copy(grown, 0, 0, this.#underBytes)
      this.#under = grown
    }
    bytes.copy(this.#under, this.#underBytes, start, end)
    this.#underBytes = size
    this.#isUnder = true
  }

  #forget(): void {
    this.#under = EMPTY
    this.#underBytes = 0
    this.#isUnder = false
  }
}

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void
  readonly reject: (error: unknown) => void
}

const EMPTY = Buffer.alloc(0)

/** Of memory of its own: small ones would keep a pool alive. */
const copyOf = (bytes: Uint8Array): Uint8Array => Uint8Array.prototype.slice.call(bytes)
