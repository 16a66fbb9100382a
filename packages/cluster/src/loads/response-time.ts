import { type Clock, type Invocation, RpcError, type RpcErrorCode } from '@kumquat/core'
import type { CallEnded, Load } from '../load.ts'
import { Trust } from './trust.ts'

/** What the gauges of one metric share. */
export class Fleet {
  readonly #clock: Clock
  /** Time in which what happened is mostly forgotten, in ms. */
  readonly memoryMs: number
  #now: number
  #usualMs = 0

  constructor(clock: Clock, memoryMs: number) {
    this.#clock = clock
    this.#now = clock.now()
    this.memoryMs = memoryMs
  }

  /** When a call last began or ended at any of the peers: loads are compared as of then, and a pick asks no clock. */
  get now(): number {
    return this.#now
  }

  tick(): number {
    this.#now = this.#clock.now()
    return this.#now
  }

  /** What successes took of late at all peers alike. */
  get usualMs(): number {
    return this.#usualMs
  }

  learn(ms: number): void {
    this.#usualMs += this.#usualMs === 0 ? ms : (ms - this.#usualMs) * RECENT
  }
}

/** The part of the latest success in what is usual. */
const RECENT = 0.02

/**
 * What one more call may cost: the response time on average, times the calls in flight and this one, divided by the part
 * of the calls that succeed. Nobody called yet looks best; whoever has not answered yet, worst.
 *
 * A failure must not make a peer look fast, or whoever fails at once attracts all calls ("black hole"): it is taken to last
 * no less than is usual, and costs trust. How long a stream lasts is its reader's affair: it counts while it is in flight, and
 * by how it ends.
 */
export abstract class ResponseTime implements Load {
  readonly #fleet: Fleet
  #inFlight = 0
  /** Made with the first failure: the good are quicker to read. */
  #trust: Trust | undefined

  constructor(fleet: Fleet) {
    this.#fleet = fleet
  }

  /** On average, in ms; 0 if nothing is known. */
  protected abstract at(now: number): number
  protected abstract add(ms: number, now: number): void

  get value(): number {
    const { now } = this.#fleet
    const ms = this.at(now)
    if (ms > 0) return (ms * (this.#inFlight + 1)) / (this.#trust?.at(now) ?? 1)
    return this.#inFlight > 0 ? UNKNOWN_MS * (this.#inFlight + 1) : 0
  }

  begin({ stream }: Invocation): CallEnded {
    const begunAt = this.#fleet.tick()
    this.#inFlight++
    return (reply, error) => {
      this.#inFlight--
      const now = this.#fleet.tick()
      if (stream !== undefined) return this.#streamed(reply !== undefined, error, now)
      const ms = Math.max(now - begunAt, LEAST_MS)
      if (reply === undefined) this.#failed(ms, error, now)
      else this.#succeeded(ms, now)
    }
  }

  #streamed(isWell: boolean, error: unknown, now: number): void {
    if (isWell) this.#trust?.add(true, now)
    else if (!isAbandoned(error)) this.#failed(LEAST_MS, error, now)
  }

  #succeeded(ms: number, now: number): void {
    this.#fleet.learn(ms)
    this.#trust?.add(true, now)
    this.add(ms, now)
  }

  #failed(ms: number, error: unknown, now: number): void {
    if (isAbandoned(error)) {
      // Nobody waited for the answer: it would have taken longer.
      if (ms > this.at(now)) this.add(ms, now)
      return
    }
    if (!isAnswer(error)) this.#trust ??= new Trust(this.#fleet.memoryMs)
    this.#trust?.add(isAnswer(error), now)
    this.add(Math.max(ms, this.#fleet.usualMs), now)
  }
}

/** What is shorter counts as this: it says more of our own event loop than of the peer. */
const LEAST_MS = 0.5
/** What a peer that nothing is known of, but that has calls in flight, is taken to need: it gets one probe at a time. */
const UNKNOWN_MS = 2 ** 32

const isAbandoned = (error: unknown): boolean =>
  RpcError.is(error) ? error.code === 'canceled' : error instanceof Error && error.name === 'AbortError'

/** Whether the peer did its work, and what is wrong is the question. */
const isAnswer = (error: unknown): boolean => RpcError.is(error) && error.outcome === 'ran' && ANSWERS.has(error.code)

const ANSWERS: ReadonlySet<RpcErrorCode> = new Set([
  'invalid_argument',
  'not_found',
  'already_exists',
  'permission_denied',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unauthenticated',
])
