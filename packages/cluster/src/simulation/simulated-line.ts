import type { Clock, Endpoint, Invocation, Reply, Rng, Status } from '@kumquat/core'
import { attempt, type Way } from './simulated-attempt.ts'
import type { SimulatedServer } from './simulated-server.ts'

interface LineOptions {
  readonly clock: Clock
  readonly rng: Rng
  readonly server: SimulatedServer
  readonly networkMs: () => number
}

/**
 * A line to one server, as good as those of a real transport: closed from a refused connection until a probe finds that
 * somebody listens. It looks again and again, after a time by chance within 50 ms, doubling, at most 2 s.
 */
export class SimulatedLine implements Endpoint {
  readonly #options: LineOptions
  readonly #way: Way
  #probe: Disposable | undefined

  constructor(options: LineOptions) {
    this.#options = options
    this.#way = { ...options, unreachable: () => this.#close() }
  }

  get status(): Status {
    return this.#probe === undefined ? 'open' : 'closed'
  }

  invoke(invocation: Invocation): Promise<Reply> {
    return attempt(this.#way, invocation)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#probe?.[Symbol.dispose]()
  }

  #close(): void {
    if (this.#probe === undefined) this.#look(FIRST_BOUND_MS)
  }

  #look(boundMs: number): void {
    const { clock, rng, server } = this.#options
    this.#probe = clock.after(rng() * boundMs, () => {
      if (server.isUp) this.#probe = undefined
      else this.#look(Math.min(2 * boundMs, LAST_BOUND_MS))
    })
  }
}

const FIRST_BOUND_MS = 50
const LAST_BOUND_MS = 2_000
