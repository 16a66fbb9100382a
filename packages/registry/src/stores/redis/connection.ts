import { Cell, type Clock, type Logger, type Rng, RpcError } from '@kumquat/core'
import { storeClosed } from '../refusals.ts'
import { type Client, type ClientOptions, connect, Refusal } from './client.ts'
import { explain, isOfLine, unavailable } from './explained.ts'
import type { Script } from './scripts/script.ts'
import { before, settled } from './waiting.ts'

export interface ConnectionOptions {
  /** Each `host:port`. */
  readonly servers: readonly string[]
  readonly client: ClientOptions
}

export interface ConnectionListener {
  /** There is a client, the `epoch`th. Others use it once this has resolved; it is given up when this rejects. */
  greet(client: Client, epoch: number): Promise<void>
  up(client: Client): void
  down(): void
  /** Something was published where a client has subscribed. */
  heard(channel: string, message: string): void
}

export interface Surroundings {
  readonly clock: Clock
  readonly rng: Rng
  readonly logger: Logger
}

/** An error: the driver is missing, for good. */
type Line = 'down' | 'closed' | RpcError | Client

const FIRST_PAUSE_MS = 50
const LAST_PAUSE_MS = 2_000

/** A client that is replaced by another whenever its connection ends, at each of the servers by turns. */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #surroundings: Surroundings
  readonly #listener: ConnectionListener
  readonly #line = new Cell<Line>('down')
  /** Being greeted, or in use. */
  #client: Client | undefined
  #epoch = 0
  #failures = 0
  #why: unknown = 'no connection yet'
  /** Where a node of a cluster has sent us. */
  #sentTo: string | undefined
  #pause: Disposable | undefined

  /** Does nothing before `open`. */
  constructor(options: ConnectionOptions, surroundings: Surroundings, listener: ConnectionListener) {
    this.#options = options
    this.#surroundings = surroundings
    this.#listener = listener
  }

  get isUp(): boolean {
    return isClient(this.#line.current)
  }

  open(): void {
    void this.#connect()
  }

  /**
   * Runs a script. What is `repeatable` outlives a lost connection; `args` are asked for anew then. Rejects with `RpcError`
   * when there is no answer in time, or one that is no success.
   */
  async run(
    script: Script,
    args: () => readonly string[],
    { repeatable }: { readonly repeatable: boolean },
  ): Promise<unknown> {
    const { operationTimeoutMs } = this.#options.client
    const bound = this.#surroundings.clock.now() + operationTimeoutMs
    for (;;) {
      const client = await this.#up(bound)
      const told = args()
      try {
        return await before(bound, this.#surroundings.clock, client.run(script, told))
      } catch (error) {
        if (error instanceof Refusal && !isOfLine(error)) throw explain(error)
        this.#drop(client, error)
        if (this.#line.current === 'closed') throw storeClosed()
        const outcome = error instanceof Refusal ? 'not-run' : 'unknown'
        if (!repeatable) throw unavailable(this.#options.servers, error, outcome)
      }
    }
  }

  /** Gives up the client of now. */
  reset(why: string): void {
    this.#drop(this.#client, new Error(why))
  }

  close(): void {
    this.#line.set('closed')
    this.#pause?.[Symbol.dispose]()
    this.#client?.close()
    this.#client = undefined
  }

  async #connect(): Promise<void> {
    const { servers, client: options } = this.#options
    const { clock, logger } = this.#surroundings
    const server = this.#sentTo ?? servers[this.#failures % servers.length] ?? ''
    this.#sentTo = undefined
    this.#epoch += 1
    try {
      const client = await connect(server, options, clock, {
        gone: () => this.#drop(client, new Error(`${server} closed the connection`)),
        heard: (channel, message) => this.#listener.heard(channel, message),
      })
      if (this.#line.current === 'closed') return client.close()
      this.#client = client
      try {
        await before(clock.now() + options.connectTimeoutMs, clock, this.#listener.greet(client, this.#epoch))
      } catch (error) {
        return this.#drop(client, error)
      }
      if (client !== this.#client) return
      if (this.#failures > 0) logger.info({ server }, `connected to Redis at ${server}`)
      this.#failures = 0
      this.#line.set(client)
      this.#listener.up(client)
    } catch (error) {
      this.#again(error)
    }
  }

  #drop(client: Client | undefined, why: unknown): void {
    if (client === undefined || client !== this.#client) return
    this.#client = undefined
    client.close()
    this.#again(why)
  }

  #again(why: unknown): void {
    if (this.#line.current === 'closed') return
    if (RpcError.is(why)) {
      this.#line.set(why)
      return
    }
    const { clock, rng, logger } = this.#surroundings
    const { servers } = this.#options
    if (this.#failures === 0) {
      logger.warn({ servers, why }, `no connection to Redis at ${servers}: ${why}; trying again`)
    }
    this.#why = why
    this.#sentTo = why instanceof Refusal ? why.elsewhere : undefined
    this.#line.set('down')
    this.#listener.down()
    const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures, LAST_PAUSE_MS)
    this.#failures += 1
    this.#pause = clock.after(pauseMs * (0.5 + 0.5 * rng()), () => void this.#connect())
  }

  /** Resolves with the client once there is one that can be used. */
  async #up(bound: number): Promise<Client> {
    const { clock } = this.#surroundings
    const line = await settled(this.#line, (now) => now !== 'down', clock, bound)
    if (isClient(line)) return line
    if (line === 'closed') throw storeClosed()
    throw line === 'down' ? unavailable(this.#options.servers, this.#why, 'not-run') : line
  }
}

const isClient = (line: Line): line is Client => typeof line === 'object' && !RpcError.is(line)
