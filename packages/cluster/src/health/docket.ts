import { Cell, type Live } from '@kumquat/core'
import type { Verdict } from './health.ts'

/** The verdicts of one policy, at most one a peer. */
export class Docket {
  readonly #byId = new Map<string, Verdict>()
  readonly #verdicts = new Cell<readonly Verdict[]>([])

  get verdicts(): Live<readonly Verdict[]> {
    return this.#verdicts
  }

  set(verdict: Verdict): void {
    this.#byId.set(verdict.id, verdict)
    this.#tell()
  }

  delete(id: string): void {
    if (this.#byId.delete(id)) this.#tell()
  }

  #tell(): void {
    this.#verdicts.set([...this.#byId.values()])
  }
}
