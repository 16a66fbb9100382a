/** A value that changes over time: read it now, or be told of every later change. */
export interface Live<out T> {
  readonly current: T
  /** Calls `listener` on each change, in order; does not call it for `current`. A listener must not throw. */
  subscribe(listener: (value: T) => void): Disposable
}

/** A `Live` value with its writer's end. A value set inside a listener is told after the one being told. */
export class Cell<T> implements Live<T> {
  #current: T
  #telling = false
  readonly #listeners = new Set<(value: T) => void>()

  constructor(initial: T) {
    this.#current = initial
  }

  get current(): T {
    return this.#current
  }

  set(value: T): void {
    if (Object.is(value, this.#current)) return
    this.#current = value
    if (!this.#telling) this.#tell()
  }

  subscribe(listener: (value: T) => void): Disposable {
    const own = (value: T): void => listener(value)
    this.#listeners.add(own)
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) }
  }

  /** Never re-entrant: a set from within a listener starts another round once this one is over. */
  #tell(): void {
    this.#telling = true
    try {
      for (let told: { value: T } | undefined; told === undefined || !Object.is(told.value, this.#current); ) {
        told = { value: this.#current }
        for (const listener of [...this.#listeners]) if (this.#listeners.has(listener)) listener(told.value)
      }
    } finally {
      this.#telling = false
    }
  }
}
