import { method, service } from '@kumquat/rpc'

/** Compiled in every way that a project may choose; see compiled-decorators.test.ts. */
@service({ app: 'movie', group: 'catalog', version: 'V1' })
export class Decorated {
  readonly #title: string

  constructor(title: string) {
    this.#title = title
  }

  @method({ idempotent: true, check: (id) => typeof id === 'number' || 'id must be a number' })
  async get(id: number): Promise<string> {
    return `${this.#title} ${id}`
  }

  @method()
  rent(): string {
    return this.#title
  }

  unmarked(): void {}
}
