import type { Clock, Rng } from '@kumquat/core'
import { RollingTally } from '../windows/rolling-tally.ts'
import type { Docket } from './docket.ts'
import type { Testimony } from './testimony.ts'
import type { Watcher } from './watcher.ts'

export interface CircuitOptions {
  /** Share of failures at which it opens, 1 to 100. Default 50. */
  readonly failurePercent: number
  /** Calls in the window below which no share is taken, from 1. Default 20. */
  readonly minCalls: number
  /** What is older does not count, 100 to 3 600 000. Default 10 000. */
  readonly windowMs: number
  /** Failures in a row at which it opens, whatever the window holds, from 1. Default 5. */
  readonly consecutiveFailures: number
  /** Longest first cool-down; each is drawn from the upper half. Doubles with each trial that fails. 10 to 3 600 000. Default 5 000. */
  readonly cooldownMs: number
  /** Up to here, at most 86 400 000. Default 300 000. */
  readonly maxCooldownMs: number
}

export interface CircuitParts {
  readonly id: string
  readonly docket: Docket
  readonly clock: Clock
  readonly rng: Rng
}

type State = 'closed' | 'open' | 'half-open' | 'probing' | 'disposed'

/** The circuit to one peer. While it is closed, a call costs a few sums. */
export class Circuit implements Watcher {
  readonly #options: CircuitOptions
  readonly #parts: CircuitParts
  readonly #tally: RollingTally
  #state: State = 'closed'
  #failuresInARow = 0
  /** Stands still while the circuit is closed; numbers each call else. So the mark of a call tells when it was begun. */
  #serial = 0
  #trippedAt = 0
  #probe = 0
  #openings = 0
  #cooldownMs = 0
  #closedSince = Number.NEGATIVE_INFINITY
  #timer: Disposable | undefined

  constructor(options: CircuitOptions, parts: CircuitParts) {
    this.#options = options
    this.#parts = parts
    this.#tally = new RollingTally(options.windowMs)
  }

  get objects(): boolean {
    return this.#state === 'open' || this.#state === 'probing'
  }

  began(): number {
    if (this.#state === 'closed') return this.#serial
    this.#serial++
    if (this.#state === 'half-open') this.#beginProbe()
    return this.#serial
  }

  ended(mark: number, now: number, testimony: Testimony): void {
    if (this.#state === 'closed') {
      if (mark === this.#serial) this.#count(now, testimony)
    } else if (this.#state !== 'disposed' && mark > this.#trippedAt) {
      if (testimony === 'works') this.#close()
      else if (mark === this.#probe) this.#endProbe(testimony)
    }
  }

  [Symbol.dispose](): void {
    this.#state = 'disposed'
    this.#timer?.[Symbol.dispose]()
    this.#parts.docket.delete(this.#parts.id)
  }

  #count(now: number, testimony: Testimony): void {
    if (testimony === 'nothing') return
    const failed = testimony === 'fails'
    this.#failuresInARow = failed ? this.#failuresInARow + 1 : 0
    const tally = this.#tally
    tally.add(now, 1, failed ? 1 : 0)
    if (!failed) return
    const { consecutiveFailures, failurePercent, minCalls, windowMs } = this.#options
    if (this.#failuresInARow >= consecutiveFailures) {
      this.#trip(`${this.#failuresInARow} failures in a row`)
    } else if (tally.events >= minCalls && tally.marked * 100 >= failurePercent * tally.events) {
      this.#trip(`${tally.marked} of ${tally.events} calls failed within ${windowMs} ms`)
    }
  }

  /** Forgives earlier openings if it was closed for as long as it had been open. */
  #trip(reason: string): void {
    if (this.#parts.clock.now() - this.#closedSince >= this.#cooldownMs) this.#openings = 0
    this.#trippedAt = this.#serial
    this.#open(reason)
  }

  #open(reason: string): void {
    const { id, docket, clock, rng } = this.#parts
    const { cooldownMs, maxCooldownMs } = this.#options
    const longestMs = Math.min(cooldownMs * 2 ** this.#openings, maxCooldownMs)
    this.#cooldownMs = (longestMs / 2) * (1 + rng())
    this.#openings++
    this.#probe = 0
    this.#state = 'open'
    const verdict = { id, policy: 'breaker', reason, since: clock.epoch() }
    docket.set({ ...verdict, state: 'tripped' })
    this.#await(() => {
      this.#state = 'half-open'
      docket.set({ ...verdict, state: 'half-open' })
    })
  }

  #beginProbe(): void {
    this.#state = 'probing'
    this.#probe = this.#serial
    this.#await(() => this.#open(`a trial call took more than ${Math.round(this.#cooldownMs)} ms`))
  }

  #endProbe(testimony: Testimony): void {
    this.#timer?.[Symbol.dispose]()
    if (testimony === 'fails') {
      this.#open('a trial call failed')
    } else {
      // Nothing was learned: the next call is the trial.
      this.#probe = 0
      this.#state = 'half-open'
    }
  }

  #close(): void {
    this.#timer?.[Symbol.dispose]()
    this.#state = 'closed'
    this.#serial++
    this.#probe = 0
    this.#failuresInARow = 0
    this.#tally.clear()
    this.#closedSince = this.#parts.clock.now()
    this.#parts.docket.delete(this.#parts.id)
  }

  /** Runs `next` when the cool-down is over. */
  #await(next: () => void): void {
    this.#timer = this.#parts.clock.after(this.#cooldownMs, next)
  }
}
