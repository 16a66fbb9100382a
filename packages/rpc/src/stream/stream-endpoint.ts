import {
  type Clock,
  type Endpoint,
  type Invocation,
  type Reply,
  RpcError,
  remainingMs,
  type Status,
  type Streamer,
  type StreamInvocation,
} from '@kumquat/core'
import { notSent, refuseLate } from '../not-sent.ts'
import { onceIterable } from '../streaming/once-iterable.ts'
import { bounded } from '../waiting/bounded.ts'
import { LateIterator } from './late-iterator.ts'

/** Plain HTTP to the same provider: for what cannot go over a line, and to look after it while it is away. */
export interface PlainWay extends Endpoint {
  readonly stream: Streamer
  /** No connection could be had, or one broke. */
  unreachable(): void
}

/** A line as far as it matters here. */
export interface CallingLine {
  readonly isOpen: boolean
  readonly pending: number
  /** Under way, beside those. */
  readonly streams: number
  call(invocation: Invocation, leftMs: number): Promise<Reply>
  /** Sent with the first item that is asked for. */
  stream(call: StreamInvocation, leftMs: number): AsyncIterator<unknown>
  /** Takes no more of either; resolves when those under way have ended. */
  retire(): Promise<void>
}

export interface StreamEndpointParts {
  readonly peer: string
  readonly plain: PlainWay
  /** Nothing if the provider answers, but does not agree. */
  readonly open: () => Promise<CallingLine | undefined>
  /** Lines at once. */
  readonly lines: number
  readonly maxPending: number
  /** Told when the endpoint goes on with plain HTTP. */
  readonly onPlain: (peer: string) => void
  readonly clock: Clock
}

/**
 * A provider over lines that carry many calls at once. The first call opens the first line, more follow while all are busy.
 * Who does not speak our frames, or has a proxy before it that strips the upgrade, is called over plain HTTP instead.
 */
export class StreamEndpoint implements Endpoint {
  readonly #parts: StreamEndpointParts
  #lines: readonly CallingLine[] = []
  #opening: Promise<CallingLine | undefined> | undefined
  #plainUntil = Number.NEGATIVE_INFINITY
  #isClosed = false

  constructor(parts: StreamEndpointParts) {
    this.#parts = parts
  }

  get status(): Status {
    return this.#parts.plain.status
  }

  readonly invoke = (invocation: Invocation): Promise<Reply> => {
    const { clock, maxPending, peer, plain } = this.#parts
    try {
      const leftMs = remainingMs(invocation, clock)
      refuseLate(invocation, leftMs)
      if (this.#isClosed)
        throw notSent(invocation, 'unavailable', `the line to ${peer} is closed; ask another provider`)
      const line = this.#freest()
      if (line !== undefined) {
        if (line.pending < maxPending) return line.call(invocation, leftMs)
        const reason = `${maxPending} calls to ${peer} are under way already; slow down, or add providers`
        throw notSent(invocation, 'resource_exhausted', reason)
      }
      if (clock.now() < this.#plainUntil) return plain.invoke(invocation)
      return this.#onNewLine(invocation, leftMs, {
        over: (opened, stillLeftMs) => opened.call(invocation, stillLeftMs),
        plainly: () => plain.invoke(invocation),
      })
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /** Of those that take a stream plain HTTP can carry none. */
  readonly stream = (call: StreamInvocation): AsyncIterable<unknown> =>
    onceIterable(call, () => new LateIterator(() => this.#begin(call)))

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await this.#opening?.catch(() => {})
    await Promise.all(this.#lines.map((line) => line.retire()))
    await this.#parts.plain[Symbol.asyncDispose]()
  }

  #freest(): CallingLine | undefined {
    const [first] = this.#lines
    if (this.#lines.length === 1 && first!.isOpen && this.#parts.lines === 1) return first
    this.#lines = this.#lines.filter(({ isOpen }) => isOpen)
    let best = this.#lines[0]
    for (const line of this.#lines) if (busy(line) < busy(best!)) best = line
    if (best !== undefined && busy(best) > 0 && this.#lines.length < this.#parts.lines) this.#another()
    return best
  }

  #another(): void {
    this.#open().catch(() => {})
  }

  #begin(call: StreamInvocation): AsyncIterator<unknown> | Promise<AsyncIterator<unknown>> {
    const { clock, peer, plain } = this.#parts
    const leftMs = remainingMs(call, clock)
    refuseLate(call, leftMs)
    if (this.#isClosed) throw notSent(call, 'unavailable', `the line to ${peer} is closed; ask another provider`)
    const line = this.#freest()
    if (line !== undefined) return line.stream(call, leftMs)
    const plainly = (): AsyncIterator<unknown> => plain.stream(call)[Symbol.asyncIterator]()
    if (clock.now() < this.#plainUntil) return plainly()
    return this.#onNewLine(call, leftMs, {
      over: (opened, stillLeftMs) => opened.stream(call, stillLeftMs),
      plainly,
    })
  }

  async #onNewLine<T>(invocation: Invocation, leftMs: number, { over, plainly }: Ways<T>): Promise<T> {
    const { clock, peer } = this.#parts
    const { signal } = invocation
    const otherwise = (): RpcError =>
      signal?.aborted
        ? notSent(invocation, 'canceled', 'its caller canceled it', signal.reason)
        : notSent(invocation, 'deadline_exceeded', 'no connection could be had in time; allow it more')
    const bound = leftMs === Number.POSITIVE_INFINITY ? {} : { ms: leftMs }
    const line = await bounded(this.#open(), { clock, ...bound, signal, otherwise }).catch((error: unknown) => {
      throw RpcError.is(error) ? error : notSent(invocation, 'unavailable', reasonOf(error), error)
    })
    if (line === undefined) return await plainly()
    const stillLeftMs = remainingMs(invocation, clock)
    refuseLate(invocation, stillLeftMs)
    if (!line.isOpen) throw notSent(invocation, 'unavailable', `${peer} closed the line at once; ask another provider`)
    return await over(line, stillLeftMs)
  }

  /** One attempt at a time, whoever asks. */
  #open(): Promise<CallingLine | undefined> {
    this.#opening ??= this.#opened().finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  async #opened(): Promise<CallingLine | undefined> {
    const { open, clock, onPlain, peer, plain } = this.#parts
    try {
      const line = await open()
      if (line === undefined) {
        this.#plainUntil = clock.now() + PLAIN_MS
        onPlain(peer)
      } else if (this.#isClosed) void line.retire()
      else this.#lines = [...this.#lines, line]
      return line
    } catch (error) {
      // Of ours, it says nothing of the peer.
      if (!RpcError.is(error)) plain.unreachable()
      throw error
    }
  }
}

interface Ways<T> {
  readonly over: (line: CallingLine, leftMs: number) => T | Promise<T>
  readonly plainly: () => T | Promise<T>
}

/** Then frames are asked for again: providers and proxies change. */
const PLAIN_MS = 300_000

const busy = ({ pending, streams }: CallingLine): number => pending + streams

const reasonOf = (error: unknown): string => {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  return `it could not be reached (${code ?? 'error'}: ${message ?? String(error)}); see that it runs and listens there`
}
