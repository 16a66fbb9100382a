import type { Ground } from '../grounds/ground.ts'
import type { Scene } from '../scene.ts'

/** What happened, as far as it has a time. In ms; `Infinity` when it did not happen at all. */
export interface Happened {
  /** From the death of the victim to its absence from the consumer's set. */
  readonly absentMs?: number
  /** From the end of the fault until everything is true again. */
  readonly healMs?: number
}

/** A kind of bad day. */
export interface Fault {
  readonly name: string
  /** Whether the victim itself can serve no call meanwhile, so that nobody needs to have it. */
  readonly silencesVictim: boolean
  /** Whether it can be had there. */
  fits(ground: Ground): boolean
  /** Brings it about, and takes it away again; leaves every provider of the truth alive. */
  befall(scene: Scene): Promise<Happened>
}

/** How long to wait for what ought to happen. */
export const PATIENCE_MS = 30_000

/** Fits every registry but an ensemble: to see a provider die, one server is enough. */
export const onOneServer: Fault['fits'] = ({ stopLeader }) => stopLeader === undefined
