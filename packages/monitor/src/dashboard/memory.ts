/** Things by name, each kept for a while after it was last touched: what left may be on its way back. */
export class Memory<T> {
  readonly #keepMs: number
  readonly #kept = new Map<string, { readonly value: T; touchedAt: number }>()

  constructor(keepMs: number) {
    this.#keepMs = keepMs
  }

  get(name: string): T | undefined {
    return this.#kept.get(name)?.value
  }

  values(): readonly T[] {
    return Array.from(this.#kept.values(), ({ value }) => value)
  }

  /** The thing of this name, made now if there is none. */
  touch(name: string, now: number, make: () => T): T {
    const kept = this.#kept.get(name) ?? { value: make(), touchedAt: now }
    kept.touchedAt = now
    this.#kept.set(name, kept)
    return kept.value
  }

  forget(now: number): void {
    for (const [name, { touchedAt }] of this.#kept) if (now - touchedAt > this.#keepMs) this.#kept.delete(name)
  }
}
