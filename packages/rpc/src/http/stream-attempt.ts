import type { IncomingHttpHeaders } from 'node:http'
import { type Clock, formatServiceKey, RpcError, type StreamInvocation } from '@kumquat/core'
import { DONE } from '../streaming/done.ts'
import { answeredBy } from './answered-by.ts'
import type { AttemptObserver } from './attempt.ts'
import { decodeError } from './error-body.ts'
import { LineSplitter } from './line-splitter.ts'
import type { AnswerController, AnswerHandler, HttpPool } from './pool.ts'
import { readLine } from './read-line.ts'
import { transportError } from './transport-error.ts'
import { LINES_TYPE } from './wire.ts'

export interface StreamAttemptParts {
  readonly call: StreamInvocation
  readonly pool: HttpPool
  /** What is sent. Throws what keeps it from being sent. */
  readonly depart: () => { readonly path: string; readonly headers: string[]; readonly body: string }
  readonly peer: AttemptObserver
  /** Greater items are refused before they are kept. */
  readonly maxItemBytes: number
  /** When nothing at all comes for so long, the peer is taken for gone. */
  readonly idleMs: number
  readonly clock: Clock
}

/**
 * The reading end of a stream over HTTP: one answer, of which more is read only when what came has been taken. It lets go of
 * its connection however it ends; in the middle that closes it, which tells the provider.
 */
export class StreamAttempt implements AsyncIterator<unknown>, AnswerHandler {
  readonly #parts: StreamAttemptParts
  readonly #splitter: LineSplitter
  readonly #lines: string[] = []
  #controller: AnswerController | undefined
  #reader: { readonly resolve: (result: Result) => void; readonly reject: (error: unknown) => void } | undefined
  #state: 'new' | 'sent' | 'over' = 'new'
  #wasSent = false
  /** What was wrong, for who asks after the lines that came before. */
  #failure: { readonly error: unknown } | undefined
  #status = 0
  #refusal: Buffer[] = []
  #refusalBytes = 0
  #watch: Disposable | undefined

  constructor(parts: StreamAttemptParts) {
    this.#parts = parts
    this.#splitter = new LineSplitter(parts.maxItemBytes + ENVELOPE_BYTES)
  }

  next(): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
      if (this.#state === 'new') this.#send()
      else this.#deliver()
    })
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.#lines.length = 0
    this.#end()
    this.#failure = undefined
    return DONE
  }

  onRequestStart(controller: AnswerController): void {
    this.#controller = controller
    if (this.#state === 'over') controller.abort(new Error('given up before it was sent'))
    else this.#wasSent = true
  }

  onResponseStart(_: AnswerController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status
    if (status < 200) return
    this.#parts.peer.answered(answeredBy(headers))
    if (status === 200 && headers['content-type'] !== LINES_TYPE) {
      this.#end(new RpcError('internal', `${this.#where} answered what is no stream: see that it is one there`))
    }
  }

  onResponseData(controller: AnswerController, chunk: Buffer): void {
    if (this.#state === 'over') controller.abort(new Error('more came after the end of the stream'))
    else if (this.#status === 200) this.#keepLines(controller, chunk)
    else this.#keepRefusal(chunk)
  }

  #keepLines(controller: AnswerController, chunk: Buffer): void {
    this.#watchOver()
    try {
      this.#lines.push(...this.#splitter.push(chunk))
    } catch (cause) {
      const message = `${this.#where} sent an item above ${this.#parts.maxItemBytes} bytes; send smaller ones, or raise maxItemBytes`
      this.#end(new RpcError('resource_exhausted', message, { cause }))
      return
    }
    this.#deliver()
    if (this.#lines.length > 0) controller.pause()
  }

  onResponseEnd(): void {
    this.#watch?.[Symbol.dispose]()
    if (this.#status === 200) this.#end(broken(this.#where))
    else this.#end(decodeError({ status: this.#status, text: Buffer.concat(this.#refusal).toString() }, this.#where))
  }

  onResponseError(_: AnswerController, error: Error): void {
    this.#watch?.[Symbol.dispose]()
    if (this.#controller === undefined) this.#parts.peer.unreachable()
    this.#end(transportError(error, this.#wasSent, this.#where))
  }

  #send(): void {
    const { depart, pool } = this.#parts
    try {
      const { path, headers, body } = depart()
      this.#state = 'sent'
      this.#watchOver()
      pool.post(path, headers, body, this)
    } catch (error) {
      this.#state = 'over'
      this.#fail(error)
    }
  }

  /** Gives the reader the next line, or the end; asks for more when all that came is taken. */
  #deliver(): void {
    const reader = this.#reader
    if (reader === undefined) return
    const line = this.#lines.shift()
    if (line === undefined) {
      if (this.#state === 'over') this.#settle()
      else if (this.#controller?.paused) this.#resume(this.#controller)
      return
    }
    const read = readLine(line, this.#where)
    if ('item' in read) {
      this.#reader = undefined
      reader.resolve({ done: false, value: read.item })
    } else {
      this.#lines.length = 0
      this.#complete(read.error)
    }
  }

  #resume(controller: AnswerController): void {
    this.#watchOver()
    controller.resume()
  }

  /** An answer that is no stream is short, or none of ours. */
  #keepRefusal(chunk: Buffer): void {
    this.#refusalBytes += chunk.length
    if (this.#refusalBytes <= MAX_REFUSAL_BYTES) this.#refusal.push(chunk)
  }

  /** Starts the time anew in which something has to come. */
  #watchOver(): void {
    this.#watch?.[Symbol.dispose]()
    const { idleMs, clock } = this.#parts
    this.#watch = clock.after(idleMs, () => {
      // While nobody takes what came, nothing more can come.
      if (this.#controller?.paused) return
      if (this.#state === 'over') this.#controller?.abort(new Error('the answer had no end'))
      const message = `${this.#where} has been silent for ${idleMs} ms, and is taken for gone`
      this.#end(new RpcError('unavailable', message, { outcome: this.#wasSent ? 'unknown' : 'not-run' }))
    })
  }

  /** The last line is read: the connection is left to end its answer, and is then free for another. */
  #complete(error: RpcError | undefined): void {
    if (this.#state === 'over') return
    this.#over(error)
    const controller = this.#controller
    if (controller?.paused) this.#resume(controller)
  }

  /** In the middle: with an error, or because nobody reads on. What has come is still given out. */
  #end(error?: RpcError): void {
    if (this.#state === 'over') return
    this.#watch?.[Symbol.dispose]()
    this.#over(error)
    this.#controller?.abort(error ?? new Error('nobody reads on'))
  }

  #over(error: RpcError | undefined): void {
    if (this.#state === 'sent') this.#parts.peer.ended()
    this.#state = 'over'
    if (error !== undefined) this.#failure = { error }
    this.#deliver()
  }

  #settle(): void {
    const failure = this.#failure
    this.#failure = undefined
    if (failure !== undefined) this.#fail(failure.error)
    else this.#reader?.resolve(DONE)
    this.#reader = undefined
  }

  #fail(error: unknown): void {
    this.#reader?.reject(error)
    this.#reader = undefined
  }

  get #where(): string {
    const { call, peer } = this.#parts
    return `${formatServiceKey(call.service)}/${call.method} at ${peer.id}`
  }
}

type Result = IteratorResult<unknown>

const broken = (where: string): RpcError =>
  new RpcError('unavailable', `${where}: the stream was cut off before its end`)

/** What a line has around its item: `{"item":}`. */
const ENVELOPE_BYTES = 9
const MAX_REFUSAL_BYTES = 1_048_576
