import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Clock,
  type Invocation,
  type Reply,
  RpcError,
  remainingMs,
  type Service,
  type Streamer,
  type StreamInvocation,
} from '@kumquat/core'
import { onAbort } from '../waiting/on-abort.ts'
import { DONE } from './done.ts'
import { givenUp, inputFailed, notAgain, outOfTime, selfAnswered } from './endings.ts'
import { final, unfinal } from './final.ts'
import { StreamInput } from './stream-input.ts'

export interface PassageParts<Call extends StreamInvocation> {
  /** Layers made for calls, around `bothKinds()`. */
  readonly serve: Service<Call, Reply>
  readonly call: Call
  readonly clock: Clock
  /** Ends it, with its reason where that is an `RpcError`. */
  readonly until?: AbortSignal | undefined
}

/**
 * One stream on its way through layers that know calls only: they see a call that lasts until the end of the stream, its
 * items pass beside them (docs/decisions/0016-streams.md). However it ends, that happens here, once: the items stop, the
 * layers learn of it, the signal of the call aborts unless all went well, the input and whatever yields the items are
 * closed, and no timer and no listener is left.
 */
export class Passage<Call extends StreamInvocation> implements AsyncIterator<unknown> {
  readonly #parts: PassageParts<Call>
  readonly #gone = new AbortController()
  readonly #input: StreamInput | undefined
  readonly #listening: Disposable[] = []
  #state: 'new' | 'open' | 'over' = 'new'
  /** The last `next()` that was asked for; the following one waits for it. */
  #turn: Promise<unknown> = Promise.resolve()
  /** Who waits for an item. */
  #reader: Reader | undefined
  /** At the one end that yields items; none before the layers let the call through, and between two tries. */
  #entry: Entry | undefined
  #items = 0
  /** Whether the last item has come. */
  #isComplete = false
  /** What went wrong while nobody was waiting. */
  #failure: { readonly error: unknown } | undefined

  constructor(parts: PassageParts<Call>) {
    this.#parts = parts
    const { input } = parts.call
    if (input !== undefined) {
      this.#input = new StreamInput(input, (cause) => this.#finish({ error: inputFailed(parts.call, cause) }))
    }
  }

  next(): Promise<IteratorResult<unknown>> {
    const result = this.#turn.then(() => this.#pull())
    this.#turn = result.catch(() => {})
    return result
  }

  /** The reader has had enough. */
  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#state === 'new') this.#state = 'over'
    this.#reader?.resolve(DONE)
    this.#reader = undefined
    this.#finish({ error: givenUp(this.#parts.call, undefined, this.#entry !== undefined) })
    this.#failure = undefined
    return DONE
  }

  /** Lets the call through to where its items come from. Settles at the end of the stream. */
  enter(stream: Streamer, call: StreamInvocation): Promise<Reply> {
    if (this.#state !== 'open' || this.#entry !== undefined || !this.#isUntouched)
      return Promise.reject(notAgain(call, this.#items))
    return new Promise((resolve, reject) => {
      const iterator = stream(call)[Symbol.asyncIterator]()
      const leftMs = remainingMs(call, this.#parts.clock)
      const timer =
        leftMs < Number.POSITIVE_INFINITY
          ? this.#parts.clock.after(leftMs, () => this.#finish({ error: outOfTime(call, this.#items) }))
          : undefined
      const inside = AsyncLocalStorage.snapshot()
      this.#entry = { iterator, inside, isAsked: false, timer, abort: this.#heed(call.signal), resolve, reject }
      this.#ask()
    })
  }

  /** Whether another try would be none the wiser for this one. */
  get #isUntouched(): boolean {
    return this.#items === 0 && this.#input?.isTouched !== true
  }

  #pull(): Promise<IteratorResult<unknown>> {
    if (this.#state === 'over') {
      const failure = this.#failure
      this.#failure = undefined
      return failure === undefined ? Promise.resolve(DONE) : Promise.reject(failure.error)
    }
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject }
      if (this.#state === 'new') this.#begin()
      else this.#ask()
    })
  }

  #begin(): void {
    this.#state = 'open'
    const { serve, call, until } = this.#parts
    for (const signal of [call.signal, until]) {
      if (signal === undefined) continue
      const abort = (): void => this.#aborted(signal.reason)
      if (signal.aborted) {
        abort()
        return
      }
      this.#listening.push(onAbort(signal, abort))
    }
    const input = this.#input && { input: this.#input }
    // Never idempotent: after an unknown outcome, a second try would begin a stream anew whose start may have been acted on.
    const own: Call = { ...call, ...input, ...{ signal: this.#gone.signal, idempotent: false, [PASSAGE]: this } }
    let whole: Promise<Reply>
    try {
      whole = serve(own)
    } catch (error) {
      whole = Promise.reject(error)
    }
    whole.then(
      (reply) => this.#answered(reply),
      (error: unknown) => this.#finish({ error: unfinal(error, this.#items) }),
    )
  }

  #ask(): void {
    const entry = this.#entry
    if (entry === undefined || this.#reader === undefined || entry.isAsked) return
    entry.isAsked = true
    entry
      .inside(async () => entry.iterator.next())
      .then(
        (result) => this.#got(entry, result),
        (error: unknown) => this.#broke(entry, error),
      )
  }

  #got(entry: Entry, result: IteratorResult<unknown>): void {
    if (entry !== this.#entry) return
    entry.isAsked = false
    if (result.done) {
      this.#isComplete = true
      this.#leave()
      entry.resolve({ value: undefined })
      return
    }
    this.#items++
    const reader = this.#reader
    this.#reader = undefined
    reader?.resolve({ done: false, value: result.value })
  }

  #broke(entry: Entry, error: unknown): void {
    if (entry !== this.#entry) return
    this.#leave()
    entry.reject(this.#isUntouched && isNotRun(error) ? error : final(error))
  }

  /** The layers have answered: after the last item, or all by themselves. */
  #answered({ value }: Reply): void {
    if (this.#state === 'over') return
    const { call } = this.#parts
    if (this.#isComplete) this.#finish()
    else if (call.stream !== 'client') this.#finish({ error: selfAnswered(call) })
    else this.#replied(value)
  }

  /** A reply needs no items: a filter may make it, as it may that of a call. */
  #replied(value: unknown): void {
    const reader = this.#reader
    this.#reader = undefined
    this.#finish()
    reader?.resolve({ done: false, value })
  }

  /** A layer may have given the call a signal of its own, as of the call that this one is made for. */
  #heed(signal: AbortSignal | undefined): Disposable | undefined {
    if (signal === undefined || signal === this.#gone.signal) return undefined
    return onAbort(signal, () => this.#aborted(signal.reason))
  }

  #aborted(reason: unknown): void {
    const isSaid = RpcError.is(reason)
    this.#finish({ error: isSaid ? reason : givenUp(this.#parts.call, reason, this.#entry !== undefined) })
  }

  /** Nothing more comes from there. */
  #leave(): void {
    this.#entry?.timer?.[Symbol.dispose]()
    this.#entry?.abort?.[Symbol.dispose]()
    this.#entry = undefined
  }

  #finish(failure?: { readonly error: unknown }): void {
    if (this.#state === 'over') return
    this.#state = 'over'
    for (const one of this.#listening) one[Symbol.dispose]()
    const entry = this.#entry
    this.#leave()
    if (failure !== undefined) this.#gone.abort(failure.error)
    this.#input?.close(failure?.error)
    if (entry !== undefined) {
      void entry.inside(async () => entry.iterator.return?.()).catch(() => {})
      if (failure === undefined) entry.resolve({ value: undefined })
      else entry.reject(failure.error)
    }
    const reader = this.#reader
    this.#reader = undefined
    if (failure === undefined) reader?.resolve(DONE)
    else if (reader === undefined) this.#failure = failure
    else reader.reject(failure.error)
  }
}

/** The stream that an invocation is the way of; nothing if it is a call. */
export const passageOf = (invocation: Invocation): Passage<StreamInvocation> | undefined =>
  (invocation as Carrying)[PASSAGE]

const PASSAGE = Symbol('passage')

type Carrying = Invocation & { readonly [PASSAGE]?: Passage<StreamInvocation> }

interface Reader {
  readonly resolve: (result: IteratorResult<unknown>) => void
  readonly reject: (error: unknown) => void
}

interface Entry {
  readonly iterator: AsyncIterator<unknown>
  /** Runs in the context that the layers have made. */
  readonly inside: <T>(work: () => T) => T
  /** Whether an item is on its way. */
  isAsked: boolean
  readonly timer: Disposable | undefined
  readonly abort: Disposable | undefined
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: unknown) => void
}

const isNotRun = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'not-run'
