import type { BackendName } from './grounds/ground.ts'

/** One line of the table: a backend, a fault, and what became of it. Times in ms, `null` when it did not happen. */
export interface Row {
  readonly backend: BackendName
  readonly fault: string
  /** From the death of the victim to its absence from the consumer's set; absent when nobody dies. */
  readonly absentMs?: number | null
  /** From the end of the fault until registry, consumer and sessions are true again. */
  readonly healMs?: number | null
  /** Entries that stand in the registry one time-out after that, of those that must. */
  readonly healed: number
  readonly entries: number
  /** Whether a provider that came and went afterwards was seen to do so, within the bound of the table. */
  readonly watchesAlive: boolean
  /** Living providers that the consumer missed at some moment. */
  readonly lost: number
  readonly made: number
  readonly failed: number
  /** Of the failed: because nobody was there to be called. */
  readonly forWant: number
  /** The states of the victim's session during it all. */
  readonly story: string
  /** What was promised and not kept, in words; empty = kept. */
  readonly broken: readonly string[]
  readonly kept: boolean
}
