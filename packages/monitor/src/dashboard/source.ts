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
  readonly window: Spell
  /** The last look alone; empty when it is long ago. */
  readonly last: Spell
}

const NOTHING: Spell = { seconds: 0, readings: [] }

/** Of a process that was never asked. */
export const QUIET: Recent = { window: NOTHING, last: NOTHING }

/** One process that is asked for its statistics, under one address. */
export class Source {
  readonly #ledger = new Ledger()
  #looks: readonly { readonly at: number; readonly reading: Reading }[] = []
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
  recent(service: string, now: number): Recent {
    const looks = this.#looks.filter(({ at }) => at > now - WINDOW_MS)
    const last = looks.at(-1)
    if (last === undefined) return QUIET
    const silentMs = now - last.at > PATIENCE_MS ? now - last.at : 0
    const window = {
      seconds: looks.reduce((sum, { reading }) => sum + reading.seconds, silentMs / 1_000),
      readings: looks.flatMap(({ reading }) => reading.services.get(service) ?? []),
    }
    const { seconds, services } = last.reading
    return { window, last: silentMs > 0 ? NOTHING : { seconds, readings: services.get(service) ?? [] } }
  }
}
