import { type Clock, formatServiceKey, type Invocation, type Reply, RpcError } from '@kumquat/core'
import { type Encoding, isEncoding } from '../compression/encodings.ts'
import { isTooMuch, packed, unpacked } from '../compression/packed.ts'
import { afterOthers } from '../waiting/after-others.ts'
import type { Deadlines } from '../waiting/deadlines.ts'
import { onAbort } from '../waiting/on-abort.ts'
import { type AnsweredBy, answeredByRaw } from './answered-by.ts'
import { decodeError } from './error-body.ts'
import type { HttpPool, RawAnswerHandler } from './pool.ts'
import { rawHeader } from './raw-header.ts'
import { transportError } from './transport-error.ts'

/** What a peer is told of its attempts. */
export interface AttemptObserver {
  /** `host:port`. */
  readonly id: string
  /** An answer began. */
  answered(said: AnsweredBy): void
  /** No connection could be had. */
  unreachable(): void
  /** The attempt is settled. */
  ended(): void
}

export interface AttemptParts {
  readonly invocation: Invocation
  readonly pool: HttpPool
  readonly path: string
  readonly headers: string[]
  readonly body: string
  /** How the body is packed. */
  readonly encoding: Encoding | undefined
  /** Of an answer that comes packed. */
  readonly maxAnswerBytes: number
  readonly peer: AttemptObserver
  readonly clock: Clock
  readonly deadlines: Deadlines
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: RpcError) => void
}

/**
 * One try of a call at one peer, from the queue of the pool to the end of its answer. It settles exactly once: by the
 * answer, a failure, the deadline, or the signal of the caller; then no timer and no listener of it is left.
 */
export class Attempt implements RawAnswerHandler {
  readonly #parts: AttemptParts
  readonly #timer: Disposable | undefined
  readonly #abort: Disposable | undefined
  readonly #chunks: Buffer[] = []
  /** Ends the exchange under way; none while it waits for a connection. */
  #abortIt: ((reason: Error) => void) | undefined
  /** When bytes of it were last handed to a socket; -1 if never. */
  #sentAt = -1
  #settled = false
  #repeats = 0
  #status = 0
  #encoding: string | undefined

  constructor(parts: AttemptParts) {
    this.#parts = parts
    const { invocation, deadlines } = parts
    const { deadline = Number.POSITIVE_INFINITY, signal } = invocation
    if (deadline < Number.POSITIVE_INFINITY) this.#timer = deadlines.add(deadline, () => this.#expire())
    if (signal !== undefined) this.#abort = onAbort(signal, () => this.#cancel())
  }

  send(): void {
    const { pool, path, headers, body, encoding } = this.#parts
    if (encoding === undefined) {
      pool.post(path, headers, body, this)
      return
    }
    const packing = packed(Buffer.from(body), encoding)
    packing.then(
      (bytes) => {
        if (!this.#settled) pool.post(path, [...headers, 'content-encoding', encoding], bytes, this)
      },
      () => pool.post(path, headers, body, this),
    )
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abortIt = abort
    // In this very tick the bytes go to the socket, unless it is aborted now.
    if (this.#settled) abort(new Error('given up before it was sent'))
    else this.#sentAt = this.#parts.clock.now()
  }

  onHeaders(status: number, raw: Buffer[]): boolean {
    this.#status = status
    if (status < 200) return true
    this.#encoding = rawHeader(raw, 'content-encoding')
    this.#parts.peer.answered(answeredByRaw(raw))
    return true
  }

  onData(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    return true
  }

  onComplete(): void {
    const [only] = this.#chunks
    const bytes = this.#chunks.length === 1 ? only! : Buffer.concat(this.#chunks)
    if (this.#encoding === undefined) this.#finish(bytes)
    else this.#unpack(bytes, this.#encoding)
  }

  #unpack(bytes: Buffer, encoding: string): void {
    if (!isEncoding(encoding)) {
      this.#fail(
        'internal',
        `answered in the encoding ${JSON.stringify(encoding.slice(0, 100))}, which nobody asked for`,
      )
      return
    }
    unpacked(bytes, encoding, this.#parts.maxAnswerBytes).then(
      (plain) => this.#finish(plain),
      (cause: unknown) => {
        if (isTooMuch(cause))
          this.#fail('resource_exhausted', 'answered more than is accepted; ask for less at a time', cause)
        else this.#fail('internal', `answered what is no ${encoding}`, cause)
      },
    )
  }

  #finish(bytes: Buffer): void {
    if (!this.#settle()) return
    const text = bytes.toString()
    const { resolve, reject } = this.#parts
    if (this.#status !== 200) {
      reject(decodeError({ status: this.#status, text }, this.#where))
      return
    }
    try {
      resolve({ value: text === '' ? undefined : JSON.parse(text) })
    } catch (cause) {
      const message = `${this.#where} answered what is not JSON: ${text.slice(0, 100)}`
      reject(new RpcError('internal', message, { outcome: 'unknown', cause }))
    }
  }

  /** Of an answer that we cannot use. */
  #fail(code: 'internal' | 'resource_exhausted', what: string, cause?: unknown): void {
    if (!this.#settle()) return
    const outcome = this.#status === 200 ? 'ran' : 'unknown'
    this.#parts.reject(new RpcError(code, `${this.#where} ${what}`, { outcome, cause }))
  }

  onError(error: Error): void {
    const isConnected = this.#abortIt !== undefined
    if (!isConnected) this.#parts.peer.unreachable()
    if (this.#settled) return
    if (isConnected && this.#isKeepAliveRace) {
      this.#repeat()
      return
    }
    this.#settle()
    this.#parts.reject(transportError(error, this.#wasSent, this.#where))
  }

  /**
   * Whether the peer has probably closed an idle connection while we wrote into it: it broke at once, before any answer.
   * Only a peer that does not say how long it keeps connections can do so to us; see `httpPool`.
   */
  get #isKeepAliveRace(): boolean {
    const { invocation, clock } = this.#parts
    if (!invocation.idempotent || this.#repeats === MAX_REPEATS || this.#status !== 0) return false
    return clock.now() - this.#sentAt <= RACE_MS
  }

  /** Once other connections that were closed at the same time are known to be. */
  #repeat(): void {
    this.#repeats++
    this.#abortIt = undefined
    afterOthers(() => {
      if (!this.#settled) this.send()
    })
  }

  get #wasSent(): boolean {
    return this.#sentAt >= 0
  }

  get #where(): string {
    const { invocation, peer } = this.#parts
    return `${formatServiceKey(invocation.service)}/${invocation.method} at ${peer.id}`
  }

  get #outcome(): 'not-run' | 'unknown' {
    return this.#wasSent ? 'unknown' : 'not-run'
  }

  #cancel(): void {
    const cause: unknown = this.#parts.invocation.signal?.reason
    this.#giveUp(
      new RpcError('canceled', `${this.#where} was canceled by its caller`, { outcome: this.#outcome, cause }),
    )
  }

  #expire(): void {
    const doing = this.#abortIt === undefined ? 'waited for a connection' : 'did not answer'
    const message = `${this.#where} ${doing} until the deadline of the call; allow it more time, or see what holds it up`
    this.#giveUp(new RpcError('deadline_exceeded', message, { outcome: this.#outcome }))
  }

  #giveUp(error: RpcError): void {
    if (!this.#settle()) return
    this.#abortIt?.(error)
    this.#parts.reject(error)
  }

  #settle(): boolean {
    if (this.#settled) return false
    this.#settled = true
    this.#timer?.[Symbol.dispose]()
    this.#abort?.[Symbol.dispose]()
    this.#parts.peer.ended()
    return true
  }
}

/** Long enough for the way to a busy peer and back, and for a pause of our own process. */
const RACE_MS = 1_000
/** The next idle connection may be one that is just being closed too; a third is not believed in. */
const MAX_REPEATS = 2
