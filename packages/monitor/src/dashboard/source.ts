import type { StatsSnapshot } from '../stats-snapshot.ts'
import { Ledger, type MethodReading, type Reading } from './ledger.ts'
import type { InstanceState } from './model.ts'

/** Live figures are over this much time. */
export const WINDOW_MS = 10_000

/** Silence of a source up to this long is the ordinary time between two looks. */
const PATIENCE_MS = 2_500

/** A provider that misses this often in a row is down. */
const DOWN_AFTER = 3

/** What one service of one process did in some time. */
export interface Spell {
  /** Time that the readings cover, in s. */
  readonly seconds: number
  readonly readings: readonly MethodReading[]
}

export interface Recent {
  /** The last ten seconds. */
  readonly window: Spell
  /** What was learnt since the moment before; the last look at least, unless it is long ago. */
  readonly newest: Spell
  /** What is in flight, by the last look. */
  readonly inFlight: readonly MethodReading[]
}

/** A moment at which figures are made. */
export interface Moment {
  /** Wall clock, for people. In ms since 1970. */
  readonly at: number
  /** Monotonic, in ms. */
  readonly now: number
  /** `now` of the moment before. */
  readonly before: number
}

interface Look {
  readonly at: number
  readonly reading: Reading
}

const NOTHING: Spell = { seconds: 0, readings: [] }

/** Of a process that was not heard of lately. */
export const QUIET: Recent = { window: NOTHING, newest: NOTHING, inFlight: [] }

/** One process that is asked for its statistics, under one address. */
export class Source {
  readonly #ledger = new Ledger()
  #looks: readonly Look[] = []
  #misses = 0
  #measured = true
  #startedAt = 0

  get state(): InstanceState {
    if (this.#misses === 0) return 'up'
    return this.#misses < DOWN_AFTER ? 'suspect' : 'down'
  }

  /** False for a program that answers but has no statistics of ours. */
  get measured(): boolean {
    return this.#measured
  }

  /** Wall clock of the process, in ms since 1970; 0 when it did not say. */
  get startedAt(): number {
    return this.#startedAt
  }

  /** It answered with statistics. Returns what happened since the last time. `now` and `sinceMs` are monotonic, in ms. */
  answered(
    stats: Pick<StatsSnapshot, 'bootId' | 'uptimeMs' | 'series' | 'startedAt'>,
    now: number,
    sinceMs: number,
  ): Reading {
    const reading = this.#ledger.advance(stats, sinceMs)
    this.#misses = 0
    this.#measured = true
    this.#startedAt = stats.startedAt
    this.#looks = [...this.#looks.filter(({ at }) => at > now - WINDOW_MS), { at: now, reading }]
    return reading
  }

  /** It is alive, but no provider of ours. */
  answeredOtherwise(): void {
    this.#misses = 0
    this.#measured = false
  }

  missed(): void {
    this.#misses++
  }

  /** What is known of one service. Silence that went on for too long counts as time in which nothing was called. */
  recent(service: string, { now, before }: Pick<Moment, 'now' | 'before'>): Recent {
    const looks = this.#looks.filter(({ at }) => at > now - WINDOW_MS)
    const last = looks.at(-1)
    if (last === undefined) return QUIET
    const window = spell(looks, service)
    const silentMs = now - last.at
    if (silentMs > PATIENCE_MS) return { ...QUIET, window: { ...window, seconds: window.seconds + silentMs / 1_000 } }
    const fresh = looks.filter(({ at }) => at > before)
    const newest = spell(fresh.length > 0 ? fresh : [last], service)
    return { window, newest, inFlight: last.reading.services.get(service) ?? [] }
  }
}

const spell = (looks: readonly Look[], service: string): Spell => ({
  seconds: looks.reduce((sum, { reading }) => sum + reading.seconds, 0),
  readings: looks.flatMap(({ reading }) => reading.services.get(service) ?? []),
})
