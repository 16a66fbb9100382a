import type { Clock } from '@kumquat/core'

/** Something to be worked at. */
export interface Job {
  /** Whether nobody waits for it any more. */
  readonly isAbandoned: boolean
  /** It is done. */
  done(): void
}

export interface StationOptions {
  readonly clock: Clock
  /** How many jobs are worked at at a time. */
  readonly workers: number
  /** How many may wait. */
  readonly queue: number
  /** Time that the next job takes, in ms, asked when work at it begins. */
  readonly workMs: () => number
  /** Whether a job that nobody waits for is thrown away when its turn comes. */
  readonly dropsAbandoned: boolean
}

/** Workers before one queue; first come, first served. */
export class Station<Work extends Job> {
  readonly #options: StationOptions
  readonly #atWork: Work[] = []
  /** When each of them will be done. */
  readonly #timers: Disposable[] = []
  #waiting: Work[] = []
  /** Those before it have had their turn. */
  #head = 0

  constructor(options: StationOptions) {
    this.#options = options
  }

  /** Takes a job; false if it is full. */
  take(job: Work): boolean {
    const { workers, queue } = this.#options
    if (this.#atWork.length < workers) this.#begin(job)
    else if (this.#waiting.length - this.#head < queue) this.#waiting.push(job)
    else return false
    return true
  }

  /** Drops everything; returns what was in hand. */
  clear(): readonly Work[] {
    const jobs = [...this.#atWork.splice(0), ...this.#waiting.slice(this.#head)]
    for (const timer of this.#timers.splice(0)) timer[Symbol.dispose]()
    this.#waiting = []
    this.#head = 0
    return jobs
  }

  #begin(job: Work): void {
    const { clock, workMs } = this.#options
    this.#atWork.push(job)
    this.#timers.push(clock.after(workMs(), () => this.#finish(job)))
  }

  #finish(job: Work): void {
    const index = this.#atWork.indexOf(job)
    const [lastJob, lastTimer] = [this.#atWork.pop()!, this.#timers.pop()!]
    if (index < this.#atWork.length) {
      this.#atWork[index] = lastJob
      this.#timers[index] = lastTimer
    }
    this.#beginNext()
    job.done()
  }

  #beginNext(): void {
    while (this.#head < this.#waiting.length) {
      const next = this.#waiting[this.#head++]!
      if (this.#head * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#head)
        this.#head = 0
      }
      if (next.isAbandoned && this.#options.dropsAbandoned) continue
      this.#begin(next)
      return
    }
  }
}
