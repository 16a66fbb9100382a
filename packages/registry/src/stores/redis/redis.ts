import { assertName, type Store, silent, systemClock, systemRng } from '@kumquat/core'
import { type StoreOptions, storeOver } from '../store-over.ts'
import { treeOf } from './keys.ts'
import { RedisBackend } from './redis-backend.ts'

export interface RedisOptions extends StoreOptions {
  /** `host:port`, or several of one replicated or clustered Redis with "," between, which are tried by turns. */
  readonly servers: string
  /** The name that every key begins with, in braces. Default `kumquat`. */
  readonly root?: string
  /** Default: the server's `default` user, if there is a password. */
  readonly username?: string
  readonly password?: string
  /** Number of the database. Default 0, the only one of a Redis Cluster. */
  readonly db?: number
  /** Whether to speak TLS; the certificate must be one that Node trusts (`NODE_EXTRA_CA_CERTS`). Default false. */
  readonly tls?: boolean
  /**
   * How long the server keeps what is held after the last sign of life, of which there are three in that time. In ms, from
   * 1 000, default 6 000.
   */
  readonly sessionTimeoutMs?: number
  /** Bound of every operation, the waiting for a connection included. In ms, default 5 000. */
  readonly operationTimeoutMs?: number
  /** Bound of every attempt to connect. In ms, from 100, default 2 000. */
  readonly connectTimeoutMs?: number
}

/**
 * A store in Redis 5 or later, by npm `ioredis`. Begins to connect at once and for as long as it takes; operations reject
 * with `RpcError` `unavailable` while it cannot. Redis must not evict (`maxmemory-policy noeviction`).
 */
export function redis({
  servers,
  root = 'kumquat',
  username,
  password,
  db = 0,
  tls = false,
  sessionTimeoutMs = 6_000,
  operationTimeoutMs = 5_000,
  connectTimeoutMs = 2_000,
  ...options
}: RedisOptions): Store {
  if (servers === '') throw new TypeError('servers "" names no server; write e.g. "127.0.0.1:6379"')
  assertName('root', root)
  if (!(Number.isInteger(db) && db >= 0)) throw new RangeError(`db ${db} is not a whole number from 0`)
  assertAtLeast('sessionTimeoutMs', sessionTimeoutMs, 1_000)
  assertAtLeast('operationTimeoutMs', operationTimeoutMs, 1)
  assertAtLeast('connectTimeoutMs', connectTimeoutMs, 100)
  const { clock = systemClock, rng = systemRng, logger = silent } = options
  const connection = {
    servers: servers.split(','),
    client: {
      ...(username === undefined ? {} : { username }),
      ...(password === undefined ? {} : { password }),
      db,
      tls,
      operationTimeoutMs,
      connectTimeoutMs,
      tree: treeOf(root),
      // Longer than the time between two signs of life.
      silenceMs: sessionTimeoutMs / 2,
    },
  }
  return storeOver(
    (restored) => new RedisBackend({ connection, sessionTimeoutMs }, { clock, rng, logger }, restored),
    options,
  )
}

function assertAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least && value <= 2 ** 31 - 1)) throw new RangeError(`${name} ${value} is not ${least} ms or more`)
}
