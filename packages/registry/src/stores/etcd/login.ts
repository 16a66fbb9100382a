/** One token for all, fetched when it is first asked for, and again once it is no good any more. */
export class Login {
  readonly #fetch: () => Promise<string>
  #token: Promise<string> | undefined

  constructor(fetch: () => Promise<string>) {
    this.#fetch = fetch
  }

  /** Rejects as `fetch` does; then the next one who asks tries again. */
  token(): Promise<string> {
    if (this.#token) return this.#token
    const token = this.#fetch()
    this.#token = token
    token.catch(() => this.forget(token))
    return token
  }

  /** The token is no good; does nothing if there is another by now. */
  forget(token: Promise<string>): void {
    if (this.#token === token) this.#token = undefined
  }
}
