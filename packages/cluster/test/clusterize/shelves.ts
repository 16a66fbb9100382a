/** A client of nothing in particular, as a library of a third party might have it. */
export class Shelf {
  readonly name: string
  readonly kept = new Map<string, number>()
  readonly asked: string[] = []
  /** Whether each call fails. */
  broken = false
  online = true

  constructor(name: string) {
    this.name = name
  }

  async get(key: string): Promise<number | undefined> {
    this.#enter('get')
    return this.kept.get(key)
  }

  async put(key: string, value: number): Promise<void> {
    this.#enter('put')
    this.kept.set(key, value)
  }

  async move(_job: string, key: string, value: number): Promise<string> {
    this.#enter('move')
    this.kept.set(key, value)
    return this.name
  }

  async keys(prefix = ''): Promise<string[]> {
    this.#enter('keys')
    return [...this.kept.keys()].filter((key) => key.startsWith(prefix))
  }

  /** Answers at once, not by a promise. */
  size(): number {
    this.#enter('size')
    return this.kept.size
  }

  isEmpty(): boolean {
    this.#enter('isEmpty')
    return this.kept.size === 0
  }

  async ping(): Promise<string> {
    this.#enter('ping')
    return this.name
  }

  async same<T>(value: T): Promise<T> {
    return value
  }

  #enter(method: string): void {
    this.asked.push(method)
    if (this.broken) throw new ShelfError(`${this.name} is broken`)
  }
}

export class ShelfError extends Error {}

export const shelves = (...names: readonly string[]): Map<string, Shelf> =>
  new Map(names.map((name) => [name, new Shelf(name)]))
