import { type Alarm, alarm, type Clock } from '@kumquat/core'

/** Something to be done when a time has come, unless it is disposed before. */
export interface Due extends Disposable {
  readonly at: number
}

/**
 * Many deadlines under one timer, since a timer for each call is among the dearest parts of it. A wheel of lists: adding and
 * disposing touch one list, and while others wait and everything ends in time nothing else happens.
 *
 * Varghese and Lauck, "Hashed and Hierarchical Timing Wheels", 1987, scheme 6.
 */
export class Deadlines {
  readonly #clock: Clock
  readonly #lists: Entry[] = Array.from({ length: LISTS }, () => new Entry(0, nothing))
  #count = 0
  readonly #alarm: Alarm
  #alarmAt = Number.POSITIVE_INFINITY
  /** Everything due in an earlier grain has run. */
  #swept = 0

  constructor(clock: Clock) {
    this.#clock = clock
    this.#alarm = alarm(clock, () => this.#run())
  }

  /** Waiting ones: 0 when nothing leaks. */
  get count(): number {
    return this.#count
  }

  /** Runs `task` at this time of the clock, or at once in a turn of its own if that is over. */
  add(at: number, task: () => void): Due {
    const entry = new Entry(at, task, this)
    if (this.#count++ === 0) this.#swept = grainOf(this.#clock.now())
    entry.enter(this.#lists[Math.max(grainOf(at), this.#swept) % LISTS]!)
    if (at < this.#alarmAt) this.#arm(at)
    return entry
  }

  /** Only for entries: one has left its list. Nothing waits any more with the last. */
  left(): void {
    if (--this.#count === 0) this.#disarm()
  }

  #arm(at: number): void {
    this.#alarmAt = at
    this.#alarm.set(at)
  }

  #disarm(): void {
    this.#alarm.clear()
    this.#alarmAt = Number.POSITIVE_INFINITY
  }

  #run(): void {
    this.#alarmAt = Number.POSITIVE_INFINITY
    const now = this.#clock.now()
    const until = grainOf(now)
    const from = Math.max(this.#swept, until - LISTS + 1)
    this.#swept = until
    for (let grain = from; grain <= until; grain++) this.#lists[grain % LISTS]!.runDue(now)
    const next = this.#next(until)
    if (next !== undefined && next < this.#alarmAt) this.#arm(next)
  }

  /** When to look again: at the first deadline of this round, else when the next begins. */
  #next(grain: number): number | undefined {
    if (this.#count === 0) return undefined
    for (let ahead = 0; ahead < LISTS; ahead++) {
      const first = this.#lists[(grain + ahead) % LISTS]!.firstBefore((grain + ahead + 1) * GRAIN_MS)
      if (first < Number.POSITIVE_INFINITY) return first
    }
    return (grain + LISTS) * GRAIN_MS
  }
}

/** Also the head of a list, which is a ring. */
class Entry implements Due {
  readonly at: number
  readonly #task: () => void
  readonly #owner: Deadlines | undefined
  #before: Entry = this
  #after: Entry = this

  constructor(at: number, task: () => void, owner?: Deadlines) {
    this.at = at
    this.#task = task
    this.#owner = owner
  }

  get isAlone(): boolean {
    return this.#after === this
  }

  enter(head: Entry): void {
    this.#before = head.#before
    this.#after = head
    head.#before.#after = this
    head.#before = this
  }

  /** The earliest of this list, if it is before `end`; `Infinity` if there is none. */
  firstBefore(end: number): number {
    let first = Number.POSITIVE_INFINITY
    for (let entry = this.#after; entry !== this; entry = entry.#after)
      if (entry.at < end) first = Math.min(first, entry.at)
    return first
  }

  [Symbol.dispose](): void {
    if (this.isAlone) return
    this.#before.#after = this.#after
    this.#after.#before = this.#before
    this.#before = this
    this.#after = this
    this.#owner?.left()
  }

  /** Runs those of this list whose time has come. One that throws takes no other with it. */
  runDue(now: number): void {
    const due: Entry[] = []
    for (let entry = this.#after; entry !== this; entry = entry.#after) if (entry.at <= now) due.push(entry)
    for (const entry of due) {
      if (entry.isAlone) continue
      entry[Symbol.dispose]()
      entry.#task()
    }
  }
}

const nothing = (): void => {}
const grainOf = (at: number): number => Math.floor(at / GRAIN_MS)

const GRAIN_MS = 8
/** A round of four seconds: most calls are due within the one in which they were made. */
const LISTS = 512
