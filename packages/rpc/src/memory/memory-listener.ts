import { formatServiceKey, laneOf, RpcError, type RpcErrorCode } from '@kumquat/core'
import type { OfferedMethod } from '../contract/offer.ts'
import { attachmentsOf, callerOf } from '../http/arrived.ts'
import { type CallName, encodeError } from '../http/error-body.ts'
import { encodeReply } from '../http/reply-body.ts'
import { hasStopped, UNKNOWN } from '../http/unserved.ts'
import { STATUS_OF } from '../http/wire.ts'
import { providerFailed } from '../provider-failed.ts'
import { noStreams, streamBroken, streamStopped } from '../streaming/endings.ts'
import type { Listener, ListenOptions, ServedCall } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'
import { joinSignals } from '../waiting/join-signals.ts'
import { memoryInput } from './memory-input.ts'
import { MemoryItems } from './memory-items.ts'
import { type MemoryRequest, type MemoryStreamRequest, servedCall } from './memory-request.ts'

/** What crosses back: the status and the text that an HTTP answer would have. */
export interface MemoryAnswer {
  readonly status: number
  readonly text: string
}

/** The serving end of the memory transport. */
export class MemoryListener implements Listener {
  readonly port: number
  readonly #options: ListenOptions
  readonly #closed: () => void
  readonly #served: ReadonlyMap<string, OfferedMethod>
  readonly #inFlight = new Set<Promise<unknown>>()
  readonly #cut = new AbortController()
  #lastCallAt: number
  #state: 'serving' | 'leaving' | 'refusing' = 'serving'
  #ending: Promise<void> | undefined

  constructor(port: number, options: ListenOptions, closed: () => void) {
    this.port = port
    this.#options = options
    this.#closed = closed
    this.#lastCallAt = options.clock.now()
    this.#served = new Map(
      options.offers.flatMap(({ declaration: { service }, methods }) =>
        [...methods].map(([method, offered]) => [nameOf({ service, method }), offered] as const),
      ),
    )
  }

  get lastCallAt(): number {
    return this.#lastCallAt
  }

  get isLeaving(): boolean {
    return this.#state !== 'serving' || this.#options.readiness?.() === 'away'
  }

  /** Rejects when the line is cut: with `RpcError` `unavailable`, `unknown`. Every other failure is an answer. */
  async answer(request: MemoryRequest): Promise<MemoryAnswer> {
    const answering = this.#observed(request)
    this.#inFlight.add(answering)
    try {
      return await answering
    } finally {
      this.#inFlight.delete(answering)
    }
  }

  /** The items of a stream; begun by the first one that is asked for. */
  stream(request: MemoryStreamRequest): MemoryItems {
    const { logger } = this.#options
    const left = joinSignals(request.gone, this.#cut.signal)
    const signal = left.signal ?? request.gone
    const observed = this.#begun(request)
    let ended = (): void => {}
    const flight = new Promise<void>((resolve) => {
      ended = resolve
    }).finally(() => this.#inFlight.delete(flight))
    this.#inFlight.add(flight)
    return new MemoryItems({
      request,
      left: signal,
      open: () => this.#opened({ ...request, gone: signal })[Symbol.asyncIterator](),
      said: (error) => (RpcError.is(error) ? error : providerFailed(error, logger)),
      ended: (code) => {
        left[Symbol.dispose]()
        observed(code)
        ended()
      },
    })
  }

  leave(): void {
    if (this.#state === 'serving') this.#state = 'leaving'
  }

  close(drainTimeoutMs: number): Promise<void> {
    this.#ending ??= this.#drain(drainTimeoutMs)
    return this.#ending
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cut.abort(streamBroken(this.port))
    await this.close(0)
  }

  async #drain(ms: number): Promise<void> {
    this.#state = 'refusing'
    const { clock } = this.#options
    await bounded(Promise.allSettled(this.#inFlight), { clock, ms, otherwise: () => undefined }).catch(() => {})
    this.#cut.abort(streamStopped())
    this.#closed()
  }

  async #observed(request: MemoryRequest): Promise<MemoryAnswer> {
    if (this.#options.observer === undefined) return (await this.#outcome(request)).answer
    const ended = this.#begun(request)
    try {
      const { code, answer } = await this.#outcome(request)
      ended(code)
      return answer
    } catch (error) {
      ended('canceled')
      throw error
    }
  }

  /** Tells the observer; the result tells it of the end. */
  #begun(request: MemoryRequest): (code: RpcErrorCode | 'ok') => void {
    const { observer, clock } = this.#options
    if (observer === undefined) return () => {}
    const { headers } = request
    const { service, method } = this.#served.has(nameOf(request)) ? request : UNKNOWN
    const lane = laneOf({ attachments: attachmentsOf(headers) })
    const start = { kind: 'served', service, method, lane, caller: callerOf(headers) } as const
    const startedAt = clock.now()
    observer.started(start)
    return (code) => observer.ended({ ...start, code, durationMs: clock.now() - startedAt })
  }

  /** Rejects when nobody waits any more, or the line is cut. */
  async #outcome(request: MemoryRequest): Promise<{ readonly code: RpcErrorCode | 'ok'; answer: MemoryAnswer }> {
    const { clock, logger } = this.#options
    using broken = joinSignals(request.gone, this.#cut.signal)
    const serving = this.#serve(request).then(
      (text) => ({ code: 'ok', answer: { status: 200, text } }) as const,
      (error: unknown) => {
        const said = RpcError.is(error) ? error : providerFailed(error, logger)
        return { code: said.code, answer: { status: STATUS_OF[said.code], text: encodeError(said, request) } }
      },
    )
    return await bounded(serving, { clock, signal: broken.signal, otherwise: () => brokenOff(request) })
  }

  async #serve(request: MemoryRequest): Promise<string> {
    const { value } = await this.#options.serve(this.#arrived(request))
    return encodeReply(value, request, this.#served.get(nameOf(request))?.write)
  }

  #opened(request: MemoryStreamRequest): AsyncIterable<unknown> {
    const { serveStream = noStreams(`port ${this.port}`), maxBodyBytes } = this.#options
    const { stream, input } = request
    const streaming = input && { input: memoryInput(input, request, maxBodyBytes) }
    return serveStream({ ...this.#arrived(request), stream, ...streaming })
  }

  /** Throws what keeps a call from being served. */
  #arrived(request: MemoryRequest): ServedCall {
    if (this.#state === 'refusing') {
      throw hasStopped()
    }
    const idempotent = this.#served.get(nameOf(request))?.idempotent
    if (idempotent !== undefined) this.#lastCallAt = this.#options.clock.now()
    return servedCall(request, idempotent ?? false, this.#options)
  }
}

const nameOf = ({ service, method }: CallName): string => `${formatServiceKey(service)}/${method}`

function brokenOff(request: MemoryRequest): RpcError {
  const message = `${nameOf(request)}: the connection broke before the answer was complete; it may have run`
  return new RpcError('unavailable', message, { outcome: 'unknown' })
}
