import { type Clock, every } from '@kumquat/core'
import type { Connection } from './connection.ts'
import { LOOK } from './scripts/sessions.ts'

const LOOK_MS = 1_000

/** Who wants to know of changes below which path: a look at the numbers of the tree, each second, misses nothing. */
export class Changes {
  readonly #connection: Connection
  readonly #clock: Clock
  readonly #observers = new Map<string, Set<() => void>>()
  #looks: Disposable | undefined
  /** The number of the last write that everybody knows of. */
  #since = '0'

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection
    this.#clock = clock
  }

  observe(path: string, changed: () => void): Disposable {
    const observers = this.#observers.get(path) ?? new Set()
    this.#observers.set(path, observers.add(changed))
    this.#looks ??= every(this.#clock, LOOK_MS, () => this.#look())
    return {
      [Symbol.dispose]: () => {
        observers.delete(changed)
        if (observers.size === 0 && this.#observers.get(path) === observers) this.#observers.delete(path)
        if (this.#observers.size === 0) this.#stop()
      },
    }
  }

  /** Everything is being read again: what was written until `since` is known. */
  begin(since: string): void {
    this.#since = since
  }

  #stop(): void {
    this.#looks?.[Symbol.dispose]()
    this.#looks = undefined
  }

  async #look(): Promise<void> {
    if (!this.#connection.isUp) return
    const since = this.#since
    const answer = this.#connection.run(LOOK, () => [since], { repeatable: false })
    // Whatever kept it from looking, it looks again.
    const [last, ...paths] = ((await answer.catch(() => undefined)) ?? []) as string[]
    if (last === undefined || since !== this.#since) return
    this.#since = last
    // Numbers that begin anew are those of another tree.
    for (const path of Number(last) < Number(since) ? [...this.#observers.keys()] : paths) this.#tell(path)
  }

  #tell(path: string): void {
    for (const changed of [...(this.#observers.get(path) ?? [])]) changed()
  }
}
