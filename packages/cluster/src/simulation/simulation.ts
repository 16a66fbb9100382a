import {
  type Clock,
  type Connect,
  type Invocation,
  type Invoker,
  type Live,
  type ProviderRecord,
  providerRecord,
  type Rng,
  RpcError,
  seededRng,
} from '@kumquat/core'
import { CallLog } from './call-log.ts'
import { constant, type Distribution } from './distributions.ts'
import { type Report, reportOf } from './report.ts'
import { SimulatedLine } from './simulated-line.ts'
import { SimulatedRegistry } from './simulated-registry.ts'
import { type ServerOptions, SimulatedServer } from './simulated-server.ts'
import { VirtualClock } from './virtual-clock.ts'

export interface SimulationOptions {
  /** Everything by chance follows from it: the same seed, the same run. Default 1. */
  readonly seed?: number
  /** How many stand there from the beginning, warm. */
  readonly servers: number
  /** What they are like: all alike, or each by its index. */
  readonly server?: ServerOptions | ((index: number) => ServerOptions)
  /** Default 1. */
  readonly clients?: number
  /** Makes what is to be tried, once for each client, of real parts. */
  readonly client: (parts: ClientParts) => Invoker
  /** Time on the way, each way. Default: none. */
  readonly network?: Distribution
  /** Time until a client learns of a change in the registry, each of its own. Default: none. */
  readonly registryDelay?: Distribution
  /** How long the registry takes a dead server for alive, in ms. `Infinity` = for ever. Default 6 000. */
  readonly sessionMs?: number
}

/** All that a client is made of; most factories of this package take what they need of it as their options. */
export interface ClientParts {
  readonly index: number
  readonly clock: Clock
  /** A stream of its own. */
  readonly rng: Rng
  /** The servers as it knows them. */
  readonly records: Live<readonly ProviderRecord[]>
  /** Opens lines to them: `closed` from a refused connection until a probe finds somebody there. */
  readonly connect: Connect
  /** The servers as they really are, by id: for `omniscient`. */
  readonly servers: ReadonlyMap<string, SimulatedServer>
}

export interface RunOptions {
  /** Of all clients together; they come at random, as those of many independent users do. 0 = let time go on. */
  readonly callsPerSecond: number
  /** How long calls are made. Those begun then may end, for a minute at most. */
  readonly forMs: number
  /** What a call has until its deadline. `Infinity` = no deadline. Default 3 000. */
  readonly timeoutMs?: number
  /** What the n-th call is beyond the ordinary: idempotent, of method `call`, with n as its argument. */
  readonly call?: (n: number, rng: Rng) => Partial<Invocation>
  /** Length of the slices of the report. Default 1 000. */
  readonly sliceMs?: number
}

/**
 * A world of clients and servers in virtual time, to try the real parts of a cluster in: on days good and bad, the same
 * ones with the same seed, and a minute of it in a second or less.
 *
 * ```ts
 * const world = simulation({
 *   servers: 10,
 *   server: { service: exponential(10), workers: 8 },
 *   client: (parts) =>
 *     cluster({ peers: directory(parts), route: chain(), balance: leastLoaded(parts), strategy: failover(parts) }),
 * })
 * world.at(5_000, () => world.servers[0]?.crash())
 * world.at(10_000, () => world.servers[0]?.start())
 * const report = await world.run({ callsPerSecond: 2_000, forMs: 15_000 })
 *
 * expect(report.failed).to.equal(0)
 * expect(report.amplification).to.be.below(1.05)
 * expect(report.latencyMs.p99).to.be.below(100)
 * ```
 */
export function simulation(options: SimulationOptions): Simulation {
  return new World(options)
}

/** The handle of a simulated world. */
export interface Simulation {
  readonly clock: Clock
  readonly servers: readonly SimulatedServer[]
  /** Lets something happen at a time of the virtual clock, which begins with 0. */
  at(ms: number, task: () => void): void
  /** One more server starts: cold, and registered at once. */
  join(options?: ServerOptions): SimulatedServer
  /**
   * Lets the clients call, and time go on. May be called again when it has resolved: the world goes on from there.
   * Rejects with what a client throws that is no `RpcError`.
   */
  run(options: RunOptions): Promise<Report>
}

class World implements Simulation {
  readonly clock = new VirtualClock()
  readonly servers: SimulatedServer[] = []
  readonly #byId = new Map<string, SimulatedServer>()
  readonly #clients: readonly Invoker[]
  readonly #registry: SimulatedRegistry
  readonly #seed: number
  readonly #sessionMs: number
  readonly #arrivals: Rng
  readonly #calls: Rng
  #isRunning = false

  constructor(options: SimulationOptions) {
    const { seed = 1, server = {}, clients = 1, network = NONE, registryDelay = NONE, sessionMs = 6_000 } = options
    this.#seed = seed
    this.#sessionMs = sessionMs
    this.#arrivals = this.#stream('arrivals')
    this.#calls = this.#stream('calls')
    this.#registry = new SimulatedRegistry(this.clock, this.#stream('registry'), registryDelay)
    for (let i = 0; i < whole('servers', options.servers); i++) {
      this.#add(typeof server === 'function' ? server(i) : server)
    }
    const onTheWay = this.#stream('network')
    const networkMs = (): number => network.draw(onTheWay)
    this.#clients = Array.from({ length: whole('clients', clients) }, (_, index) =>
      options.client({
        index,
        clock: this.clock,
        rng: this.#stream('client', index),
        records: this.#registry.feed(),
        connect: this.#connect(networkMs, this.#stream('probes', index)),
        servers: this.#byId,
      }),
    )
  }

  at(ms: number, task: () => void): void {
    this.clock.after(ms - this.clock.now(), task)
  }

  join(options: ServerOptions = {}): SimulatedServer {
    const server = this.#add(options)
    server.start()
    return server
  }

  async run({ callsPerSecond, forMs, timeoutMs = 3_000, call, sliceMs = 1_000 }: RunOptions): Promise<Report> {
    if (!(callsPerSecond >= 0)) throw new RangeError(`callsPerSecond must be 0 or more, got ${callsPerSecond}`)
    if (!(sliceMs > 0)) throw new RangeError(`sliceMs must be above 0, got ${sliceMs}`)
    if (this.#isRunning) throw new TypeError('this simulation is running: wait until it has ended, then go on')
    this.#isRunning = true
    const { clock } = this
    const fromMs = clock.now()
    const untilMs = fromMs + forMs
    const before = new Map(this.servers.map((server) => [server, server.attempts]))
    const log = new CallLog()
    let open = 0
    let mistake: { readonly error: unknown } | undefined
    const make = (): void => {
      const number = log.begin(clock.now())
      const client = this.#clients[Math.floor(this.#arrivals() * this.#clients.length)]!
      open++
      client({
        ...ORDINARY,
        args: [number],
        ...(timeoutMs < Number.POSITIVE_INFINITY && { deadline: clock.now() + timeoutMs }),
        ...call?.(number, this.#calls),
      }).then(
        () => {
          open--
          log.succeed(number, clock.now())
        },
        (error: unknown) => {
          open--
          if (RpcError.is(error)) log.fail(number, error.code)
          else mistake ??= { error }
        },
      )
    }
    const makeNext = (): void => {
      const delayMs = (-1_000 * Math.log(1 - this.#arrivals())) / callsPerSecond
      if (clock.now() + delayMs >= untilMs) return
      clock.after(delayMs, () => {
        make()
        makeNext()
      })
    }
    makeNext()
    try {
      await clock.runUntil(untilMs, () => mistake === undefined)
      await clock.runUntil(untilMs + GRACE_MS, () => mistake === undefined && open > 0)
    } finally {
      this.#isRunning = false
    }
    if (mistake !== undefined) throw mistake.error
    const attempts = new Map(this.servers.map((server) => [server, server.attempts - (before.get(server) ?? 0)]))
    return reportOf(log, attempts, fromMs, sliceMs)
  }

  #add(options: ServerOptions): SimulatedServer {
    const { clock, servers } = this
    const index = servers.length
    const host = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`
    const record = providerRecord({ ...options.record, host, port: 80 })
    const world = { clock, rng: this.#stream('server', index), registry: this.#registry, sessionMs: this.#sessionMs }
    const server = new SimulatedServer(world, record, options)
    servers.push(server)
    this.#byId.set(record.id, server)
    return server
  }

  #connect(networkMs: () => number, rng: Rng): Connect {
    return ({ id }) => {
      const server = this.#byId.get(id)
      if (server === undefined) throw new TypeError(`${id} is no server of this simulation`)
      return new SimulatedLine({ clock: this.clock, rng, server, networkMs })
    }
  }

  /** One source of chance for each thing, so that a change of one leaves the others as they were. */
  #stream(name: string, index = 0): Rng {
    let seed = this.#seed
    for (const unit of `${name} ${index}`) seed = Math.imul(seed ^ unit.charCodeAt(0), 0x01000193)
    const scatter = seededRng(seed)
    return seededRng(scatter() * 2 ** 32)
  }
}

const NONE = constant(0)
const GRACE_MS = 60_000
const ORDINARY: Invocation = {
  service: { app: 'simulated', group: 'service' },
  method: 'call',
  args: [],
  attachments: {},
  idempotent: true,
}

function whole(name: string, value: number): number {
  if (Number.isInteger(value) && value > 0) return value
  throw new RangeError(`${name} must be a whole number above 0, got ${value}`)
}
