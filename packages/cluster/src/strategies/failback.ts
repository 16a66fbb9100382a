import { type Clock, type Invocation, type Rng, systemClock } from '@kumquat/core'
import { noted } from '../attempts/noted.ts'
import { isRepeatable, pushbackMs } from '../attempts/repeatable.ts'
import { type Backoff, backoff } from '../backoff.ts'
import type { Peer } from '../peer.ts'
import { type RetryBudget, retryBudget } from '../retry-budget.ts'
import type { Strategy, Targets } from '../strategy.ts'

export interface FailbackOptions {
  /** Further attempts, 1 to 10. Default 3. */
  readonly retries?: number
  /** Calls that may wait at one time, 1 or more. Default 100. */
  readonly capacity?: number
  /** Time of each further attempt, more than 0: the caller's deadline is no longer of use. Default 3 000. */
  readonly timeoutMs?: number
  /** How long to wait before each. Default: chance within 5 s, doubling, at most a minute. */
  readonly backoff?: Backoff
  /** Pays for them; if it is empty, the attempt counts as failed. Default: one of its own, `retryBudget()`. */
  readonly budget?: RetryBudget
  /** Told of each call that is given up after it was accepted. Must not throw. Default: ignored. */
  readonly onDrop?: (dropped: Dropped) => void
  readonly clock?: Clock
  /** For the default backoff. */
  readonly rng?: Rng
}

export interface Dropped {
  readonly invocation: Invocation
  /** Why it last failed. */
  readonly error: unknown
  /** Its attempts are used up; it must not be repeated; or nobody retries any more. */
  readonly reason: 'retries' | 'unsafe' | 'disposed'
}

/** Disposing gives up what waits. */
export interface Failback extends Strategy, Disposable {
  /** Calls accepted and not yet done. */
  readonly waiting: number
}

/**
 * One attempt; if that fails, answers `undefined` at once and tries again later, for notifications that may come late. Kept
 * in memory only: **what waits is lost with the process.** Throws what cannot be accepted: a failure that is not safe to
 * repeat, one of a caller who has gone, one that came to us as a retry, and any when the queue is full.
 *
 * Dubbo, dubbo-cluster/…/support/FailbackClusterInvoker.java; with backoff, as dubbo-go has it.
 *
 * @throws RangeError on an option out of range.
 */
export function failback({
  retries = 3,
  capacity = 100,
  timeoutMs = 3_000,
  clock = systemClock,
  rng,
  backoff: wait = backoff({ baseMs: 5_000, maxMs: 60_000, ...(rng && { rng }) }),
  budget = retryBudget({ clock }),
  onDrop = ignore,
}: FailbackOptions = {}): Failback {
  if (!Number.isInteger(retries) || retries < 1 || retries > 10) {
    throw new RangeError(`retries must be an integer from 1 to 10, got ${retries}`)
  }
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new RangeError(`capacity must be an integer of at least 1, got ${capacity}`)
  }
  if (!(timeoutMs > 0 && timeoutMs < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`timeoutMs must be a number of ms above 0, got ${timeoutMs}`)
  }
  const queue = new Queue({ retries, timeoutMs, wait, budget, onDrop, clock })
  const strategy: Strategy = (targets) => async (invocation) => {
    const isRetry = (invocation.attempt ?? 1) > 1
    if (!isRetry) budget.deposit()
    let peer: Peer | undefined
    try {
      peer = targets.pick(targets.candidates(invocation), invocation)
      return await peer.invoke(invocation)
    } catch (error) {
      if (isRetry || invocation.signal?.aborted || !isRepeatable(error, invocation)) throw error
      if (pushbackMs(error) === Number.POSITIVE_INFINITY) throw error
      if (queue.isClosed) throw noted(error, 'not tried again: failback is disposed')
      if (queue.size >= capacity) throw noted(error, `not tried again: ${capacity} calls wait already`)
      queue.add({ targets, invocation, error, done: 1, lastPeer: peer?.record.id })
      return { value: undefined }
    }
  }
  return Object.defineProperties(strategy as Failback, {
    waiting: { get: () => queue.size },
    [Symbol.dispose]: { value: () => queue[Symbol.dispose]() },
  })
}

interface QueueOptions {
  readonly retries: number
  readonly timeoutMs: number
  readonly wait: Backoff
  readonly budget: RetryBudget
  readonly onDrop: (dropped: Dropped) => void
  readonly clock: Clock
}

interface Job {
  readonly targets: Targets
  readonly invocation: Invocation
  /** Attempts made. */
  done: number
  error: unknown
  lastPeer: string | undefined
  timer?: Disposable
  abort?: AbortController
}

class Queue implements Disposable {
  readonly #options: QueueOptions
  readonly #jobs = new Set<Job>()
  isClosed = false

  constructor(options: QueueOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#jobs.size
  }

  add(job: Job): void {
    this.#jobs.add(job)
    this.#schedule(job)
  }

  [Symbol.dispose](): void {
    this.isClosed = true
    for (const job of this.#jobs) {
      this.#drop(job, 'disposed')
      job.timer?.[Symbol.dispose]()
      job.abort?.abort()
    }
  }

  #schedule(job: Job): void {
    const { wait, clock, retries } = this.#options
    const { error, done } = job
    if (!isRepeatable(error, job.invocation) || pushbackMs(error) === Number.POSITIVE_INFINITY)
      this.#drop(job, 'unsafe')
    else if (done > retries) this.#drop(job, 'retries')
    else {
      const delayMs = Math.min(Math.max(wait(done), pushbackMs(error) ?? 0), MAX_DELAY_MS)
      job.timer = clock.after(delayMs, () => void this.#run(job))
    }
  }

  async #run(job: Job): Promise<void> {
    try {
      if (this.#options.budget.withdraw()) {
        await this.#attempt(job)
        this.#jobs.delete(job)
      }
    } catch (error) {
      job.error = error
    }
    if (!this.#jobs.has(job)) return
    job.done++
    this.#schedule(job)
  }

  async #attempt(job: Job): Promise<void> {
    const { clock, timeoutMs } = this.#options
    job.abort = new AbortController()
    const { targets } = job
    const invocation: Invocation = {
      ...job.invocation,
      attempt: job.done + 1,
      deadline: clock.now() + timeoutMs,
      signal: job.abort.signal,
    }
    const tried = new Set(job.lastPeer === undefined ? [] : [job.lastPeer])
    const peer = targets.pick(targets.candidates(invocation), invocation, tried)
    job.lastPeer = peer.record.id
    await peer.invoke(invocation)
  }

  #drop(job: Job, reason: Dropped['reason']): void {
    this.#jobs.delete(job)
    this.#options.onDrop({ invocation: job.invocation, error: job.error, reason })
  }
}

/** The longest that a timer of Node can wait. */
const MAX_DELAY_MS = 2 ** 31 - 1
const ignore = (): void => {}
