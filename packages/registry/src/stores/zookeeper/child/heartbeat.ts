/** Asks a server for a sign of life, again and again, whatever the client library believes of the connection. */
export class Heartbeat {
  readonly #ask: () => Promise<unknown>
  readonly #everyMs: number
  #asking = false
  /** Since the last answer, or since the question that waits for one. */
  #waitedMs = 0

  constructor(everyMs: number, ask: () => Promise<unknown>) {
    this.#everyMs = everyMs
    this.#ask = ask
  }

  /**
   * To be called at every look, with the time from one to the next. Answers for how long a question has not been answered,
   * counted in looks: those that were not made, because this process was frozen, are not held against the server.
   */
  look(lookMs: number): number {
    this.#waitedMs += lookMs
    if (this.#asking) return this.#waitedMs
    if (this.#waitedMs >= this.#everyMs) {
      this.#waitedMs = 0
      this.#asking = true
      // A refusal is a sign of life too; of a lost connection the client tells by itself.
      this.#ask().then(this.#answered, this.#answered)
    }
    return 0
  }

  readonly #answered = (): void => {
    this.#asking = false
    this.#waitedMs = 0
  }
}
