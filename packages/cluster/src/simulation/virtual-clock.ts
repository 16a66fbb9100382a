import type { Clock } from '@kumquat/core'

/**
 * Time that goes on as fast as the work in it can be done: from one timer straight to the next. Timers of one moment run
 * in the order in which they were set. Whoever runs on it must wait by it and by promises alone: what waits for I/O,
 * `setImmediate` or `process.nextTick` is overtaken.
 */
export class VirtualClock implements Clock {
  #now = 0
  #set = 0
  #dropped = 0
  /** A binary heap, the earliest first. */
  #timers: Timer[] = []

  now(): number {
    return this.#now
  }

  epoch(): number {
    return EPOCH_MS + this.#now
  }

  after(delayMs: number, task: () => void): Disposable {
    const timer = new Timer(this.#now + Math.max(0, delayMs), this.#set++, task, this.#drop)
    this.#timers.push(timer)
    this.#rise(this.#timers.length - 1)
    return timer
  }

  /** Timers not yet due: 0 when nothing leaks. */
  get pending(): number {
    return this.#timers.length - this.#dropped
  }

  /**
   * Runs what falls due until `untilMs`, each with its promises settled before the next, as long as `goOn` says so, and
   * leaves the time there. Rejects with what a timer throws.
   */
  async runUntil(untilMs: number, goOn: () => boolean = always): Promise<void> {
    await settled()
    while (goOn()) {
      const next = this.#timers[0]
      if (next === undefined || next.at > untilMs) {
        this.#now = Math.max(this.#now, untilMs)
        return
      }
      this.#removeFirst()
      const { task } = next
      if (task === undefined) {
        this.#dropped--
        continue
      }
      next.task = undefined
      this.#now = next.at
      task()
      await settled()
    }
  }

  readonly #drop = (): void => {
    this.#dropped++
    // Time-outs of calls that ended in time: most of the heap, if they were left in it.
    if (this.#dropped > MIN_DROPPED && this.#dropped > this.#timers.length / 2) this.#sweep()
  }

  #sweep(): void {
    this.#timers = this.#timers.filter(({ task }) => task !== undefined)
    this.#dropped = 0
    // Sorted is a heap as well.
    this.#timers.sort((a, b) => a.at - b.at || a.order - b.order)
  }

  #removeFirst(): void {
    const last = this.#timers.pop()!
    if (this.#timers.length > 0) this.#sink(last)
  }

  #rise(from: number): void {
    const timers = this.#timers
    const timer = timers[from]!
    let hole = from
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!isBefore(timer, timers[parent]!)) break
      timers[hole] = timers[parent]!
      hole = parent
    }
    timers[hole] = timer
  }

  #sink(timer: Timer): void {
    const timers = this.#timers
    let hole = 0
    for (let child = 1; child < timers.length; child = 2 * hole + 1) {
      if (child + 1 < timers.length && isBefore(timers[child + 1]!, timers[child]!)) child++
      if (!isBefore(timers[child]!, timer)) break
      timers[hole] = timers[child]!
      hole = child
    }
    timers[hole] = timer
  }
}

class Timer implements Disposable {
  readonly at: number
  readonly order: number
  task: (() => void) | undefined
  readonly #drop: () => void

  constructor(at: number, order: number, task: () => void, drop: () => void) {
    this.at = at
    this.order = order
    this.task = task
    this.#drop = drop
  }

  [Symbol.dispose](): void {
    if (this.task === undefined) return
    this.task = undefined
    this.#drop()
  }
}

/** The wall clock of all in it at the beginning. */
const EPOCH_MS = 1_800_000_000_000
const MIN_DROPPED = 1_024
const always = (): boolean => true
const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order)

/**
 * Resolves when no promise is left that can settle without time or I/O: Node runs a tick asked for by a microtask once
 * all microtasks have run. (Asked for by a timer's callback it would come first: so the first of a row settles nothing.)
 * A tenth of the time of `setImmediate`.
 */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve))
