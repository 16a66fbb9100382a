import ZooKeeper from 'zookeeper'
import { NO_NODE } from '../zookeeper-code.ts'

/** What is known of a node beside its value. */
export interface Stat {
  /** Of its creation: another one when it is made anew. */
  readonly czxid: number
  /** Counts its writes. */
  readonly version: number
  /** The session that holds it, in hexadecimal; "0" when it is persistent. */
  readonly ephemeralOwner: string
}

export interface ZooClientEvents {
  connected(): void
  disconnected(): void
  /** The server has ended the session. The client is of no more use. */
  expired(): void
  changed(path: string): void
}

/** An answer of ZooKeeper that is no success: `code` is its number, negative. */
export class ZooError extends Error {
  readonly code: number

  constructor(code: number, text: string) {
    super(text)
    this.code = code
  }
}

export interface ZooClientOptions {
  readonly servers: string
  readonly sessionTimeoutMs: number
  /** `user:password`. */
  readonly credentials?: string
  readonly creatorOnly: boolean
}

/** All rights for who is authenticated on the connection, that of reading for everybody. */
const CREATOR_ONLY = [
  { perms: 31, scheme: 'auth', auth: '' },
  { perms: 1, scheme: 'world', auth: 'anyone' },
]
const PERSISTENT = 0
const EPHEMERAL = 1
const ANY_VERSION = -1
const CONNECTED_STATE = 3

/** The package's types are wrong about `text`, which is no number. */
// biome-ignore lint/suspicious/noExplicitAny: what follows differs from call to call
type Done = (code: number, text: unknown, ...results: any[]) => void

/**
 * One client of npm `zookeeper`, for one session: promises, text values, no surprises. Whatever the addon calls is left
 * by way of `setImmediate`, for work done inside of its callbacks corrupts the state of libuv. Watches are set by flag and
 * heard as events of the client, since those set by callback are never freed.
 */
export class ZooClient {
  readonly #client: ZooKeeper
  readonly #options: ZooClientOptions
  #closed = false

  constructor(options: ZooClientOptions, events: ZooClientEvents) {
    const { servers, sessionTimeoutMs } = options
    this.#options = options
    this.#client = new ZooKeeper({
      connect: servers,
      timeout: sessionTimeoutMs,
      debug_level: 0,
      host_order_deterministic: false,
    })
    const hear = (name: string, listener: (path: string) => void): void => {
      this.#client.on(name, (_client: unknown, path: string) => setImmediate(() => this.#closed || listener(path)))
    }
    hear('connect', events.connected)
    hear('connecting', events.disconnected)
    hear('close', events.expired)
    for (const name of ['created', 'deleted', 'changed', 'child']) hear(name, events.changed)
  }

  /** Begins to look for a server, and never gives up by itself. */
  open(): void {
    this.#client.init({})
    // Kept by the client, and told at the beginning of every connection. Any name is welcome: there is no answer to wait for.
    const { credentials } = this.#options
    if (credentials !== undefined) this.#client.add_auth('digest', credentials, () => {})
  }

  /** Ends the session, if there is one, before it returns. Nothing is told of any more. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#client.close()
  }

  /** Asked of the library itself: its event of a lost connection may come late, or not before the next connection. */
  get isConnected(): boolean {
    return this.#client.state === CONNECTED_STATE
  }

  get sessionId(): string {
    return String(this.#client.client_id)
  }

  /** What the server made of the time-out that was asked for. */
  get sessionTimeoutMs(): number {
    return Number(this.#client.timeout)
  }

  get(path: string, watch: boolean): Promise<{ readonly stat: Stat; readonly value: string }> {
    return this.#call(
      (done) => this.#client.a_get(path, watch, done),
      (stat: Stat, value: Buffer | null) => ({ stat: keep(stat), value: value?.toString('utf8') ?? '' }),
    )
  }

  children(path: string, watch: boolean): Promise<readonly string[]> {
    return this.#call(
      (done) => this.#client.a_get_children(path, watch, done),
      (names: string[]) => names,
    )
  }

  /** Undefined when there is no such node; with `watch`, its creation is told too. */
  async exists(path: string, watch: boolean): Promise<Stat | undefined> {
    try {
      return await this.#call((done) => this.#client.a_exists(path, watch, done), keep)
    } catch (error) {
      if (isCode(error, NO_NODE)) return undefined
      throw error
    }
  }

  /** The addon makes everything open; who may touch it can only be said afterwards. */
  async create(path: string, value: string, { ephemeral }: { readonly ephemeral: boolean }): Promise<void> {
    const flags = ephemeral ? EPHEMERAL : PERSISTENT
    await this.#call(
      (done) => this.#client.a_create(path, Buffer.from(value), flags, done),
      () => {},
    )
    if (!this.#options.creatorOnly) return
    await this.#call(
      (done) => this.#client.a_set_acl(path, ANY_VERSION, CREATOR_ONLY, done),
      () => {},
    )
  }

  set(path: string, value: string, version: number = ANY_VERSION): Promise<Stat> {
    return this.#call((done) => this.#client.a_set(path, Buffer.from(value), version, done), keep)
  }

  remove(path: string, version: number = ANY_VERSION): Promise<void> {
    return this.#call(
      (done) => this.#client.a_delete_(path, version, done),
      () => {},
    )
  }

  /** A call that is refused at once never calls back. */
  #call<R extends unknown[], T>(begin: (done: Done) => number, result: (...results: R) => T): Promise<T> {
    return new Promise((resolve, reject) => {
      const refused = begin((code, text, ...results) => {
        setImmediate(() => (code === 0 ? resolve(result(...(results as R))) : reject(new ZooError(code, String(text)))))
      })
      if (refused !== 0) reject(new ZooError(refused, 'refused by the client'))
    })
  }
}

/** Whether `error` is this answer of ZooKeeper. */
export const isCode = (error: unknown, code: number): boolean => error instanceof ZooError && error.code === code

const keep = ({ czxid, version, ephemeralOwner }: Stat): Stat => ({ czxid, version, ephemeralOwner })
