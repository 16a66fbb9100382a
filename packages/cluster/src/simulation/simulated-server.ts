import { type Clock, type Outcome, type ProviderRecord, type Rng, RpcError, type RpcErrorCode } from '@kumquat/core'
import { type Distribution, exponential } from './distributions.ts'
import type { SimulatedRegistry } from './simulated-registry.ts'
import { type Job, Station } from './station.ts'

export interface ServerOptions {
  /** What it takes to serve a call. Default: exponential, 10 ms on the average. */
  readonly service?: Distribution
  /** Calls served at a time. Default 8. */
  readonly workers?: number
  /** Calls that may wait, first come, first served; further ones are refused as `resource_exhausted`. Default 1 000. */
  readonly queue?: number
  /** After a start everything takes `factor` times as long, falling evenly to normal within `forMs`. Default: never. */
  readonly cold?: { readonly factor: number; readonly forMs: number }
  /** Whether it throws away what nobody waits for any more when its turn comes, rather than serve it. Default true. */
  readonly dropsAbandoned?: boolean
  /** What its record says of it beyond the address. */
  readonly record?: Partial<ProviderRecord>
}

/** A call that has arrived at a server. */
export interface Arrival extends Job {
  failed(error: RpcError): void
  /** Nobody listens. */
  refused(): void
}

interface World {
  readonly clock: Clock
  readonly rng: Rng
  readonly registry: SimulatedRegistry
  /** How long the registry takes a dead server for alive, in ms. */
  readonly sessionMs: number
}

/** A server to call, to slow down, to kill. It is up and registered from the beginning. */
export class SimulatedServer {
  /** Attempts sent to it so far. */
  attempts = 0
  /** Attempts sent to it and not yet ended: at work, waiting, or on their way. */
  pending = 0
  readonly #world: World
  readonly #options: Required<Pick<ServerOptions, 'service' | 'cold'>>
  readonly #workers: number
  readonly #station: Station<Arrival>
  #record: ProviderRecord
  #state: 'up' | 'down' | 'silent' = 'up'
  #slowness = 1
  #warmAtMs = 0
  #errors: { readonly share: number; readonly make: () => RpcError } | undefined
  #life: Disposable | undefined

  constructor(world: World, record: ProviderRecord, options: ServerOptions) {
    const { service = exponential(10), workers = 8, queue = 1_000, dropsAbandoned = true } = options
    if (!Number.isInteger(workers) || workers < 1) throw new RangeError(`workers must be 1 or more, got ${workers}`)
    if (!(queue >= 0)) throw new RangeError(`queue must be 0 or more, got ${queue}`)
    this.#world = world
    this.#record = record
    this.#workers = workers
    this.#options = { service, cold: options.cold ?? { factor: 1, forMs: 0 } }
    const workMs = (): number => service.draw(world.rng) * this.#factor()
    this.#station = new Station({ clock: world.clock, workers, queue, workMs, dropsAbandoned })
    world.registry.put(record)
  }

  get record(): ProviderRecord {
    return this.#record
  }

  get isUp(): boolean {
    return this.#state === 'up'
  }

  /** What a call sent now may expect to take, in ms, from what is pending. `Infinity` if it is not up. */
  get expectedMs(): number {
    if (this.#state !== 'up') return Number.POSITIVE_INFINITY
    const before = Math.max(0, this.pending + 1 - this.#workers)
    return this.#options.service.meanMs * this.#factor() * (1 + before / this.#workers)
  }

  /** From now on everything takes `factor` times as long as in the beginning; 1 = normal again. */
  slow(factor: number): void {
    this.#slowness = factor
  }

  /** From now on this share of calls fails at once, instead of being served: 0 = none. They may or may not have run. */
  fail(share: number, code: RpcErrorCode = 'unavailable', outcome: Outcome = 'unknown'): void {
    const make = (): RpcError => new RpcError(code, `${this.#record.id} fails`, { outcome })
    this.#errors = share > 0 ? { share, make } : undefined
  }

  /** Says something new of itself in the registry. */
  advertise(change: Partial<ProviderRecord>): void {
    this.#record = { ...this.#record, ...change, id: this.#record.id }
    if (this.#state === 'up') this.#world.registry.put(this.#record)
  }

  /**
   * Dies. Its process alone (default): calls in hand are reset, new ones refused. Or, `silent`, the machine or the line to
   * it: nothing is answered any more. The registry finds out when the session has expired.
   */
  crash({ silent = false }: { readonly silent?: boolean } = {}): void {
    const inHand = this.#station.clear()
    this.#state = silent ? 'silent' : 'down'
    if (!silent) {
      const reset = new RpcError('unavailable', `${this.#record.id} crashed`)
      for (const call of inHand) call.failed(reset)
    }
    this.#live(this.#world.sessionMs, () => this.#world.registry.remove(this.#record.id))
  }

  /** Leaves in good order: says so in the registry, and refuses calls only `drainMs` later. What is in hand is served. */
  leave({ drainMs = 1_000 }: { readonly drainMs?: number } = {}): void {
    this.#world.registry.remove(this.#record.id)
    this.#live(drainMs, () => {
      this.#state = 'down'
    })
  }

  /** Comes (back) up, cold and registered anew. */
  start(): void {
    this.#life?.[Symbol.dispose]()
    this.#state = 'up'
    this.#warmAtMs = this.#world.clock.now() + this.#options.cold.forMs
    this.advertise({ startedAt: this.#world.clock.epoch() })
  }

  /** A call arrives. */
  receive(call: Arrival): void {
    if (this.#state === 'silent') return
    if (this.#state === 'down') call.refused()
    else if (this.#errors !== undefined && this.#world.rng() < this.#errors.share) call.failed(this.#errors.make())
    else if (!this.#station.take(call)) {
      call.failed(new RpcError('resource_exhausted', `${this.#record.id} has no room`, { outcome: 'not-run' }))
    }
  }

  #live(forMs: number, end: () => void): void {
    this.#life?.[Symbol.dispose]()
    if (forMs < Number.POSITIVE_INFINITY) this.#life = this.#world.clock.after(forMs, end)
  }

  #factor(): number {
    const { factor, forMs } = this.#options.cold
    const leftMs = this.#warmAtMs - this.#world.clock.now()
    return this.#slowness * (leftMs > 0 ? 1 + ((factor - 1) * leftMs) / forMs : 1)
  }
}
