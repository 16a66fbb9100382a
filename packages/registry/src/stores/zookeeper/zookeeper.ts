import { assertPath, type Store, silent, systemClock } from '@kumquat/core'
import { printable } from '../../printable.ts'
import { type StoreOptions, storeOver } from '../store-over.ts'
import { ZookeeperBackend } from './zookeeper-backend.ts'

export interface ZookeeperOptions extends StoreOptions {
  /** `host:port`, or several with "," between. */
  readonly servers: string
  /** The path below which everything stands, e.g. `/lemonhjuice`. Made with the first write. Default: the server's root. */
  readonly root?: string
  /**
   * Who we are, by ZooKeeper's scheme `digest`: the server takes any name, but lets nobody else touch what is ours. Sent in the
   * clear, for the driver knows no TLS. Default: nobody.
   */
  readonly username?: string
  /** No empty one where there is a `username`. */
  readonly password?: string
  /**
   * Who may touch what we make. `creator`, the default where there is a `username`: its makers may do everything, the world may
   * read. So all who register below one root need the same user, or parents with an access list of their own, made
   * beforehand. `open`, the default otherwise: everybody may do everything.
   */
  readonly acl?: 'creator' | 'open'
  /**
   * How long the server keeps what is held after the last sign of life. In ms, from 1 000, default 6 000; the server has
   * bounds of its own. A process that is killed takes its entries with it at once; this is for cut lines and dead machines.
   */
  readonly sessionTimeoutMs?: number
  /** Bound of every operation, the waiting for a connection included. In ms, default 5 000. */
  readonly operationTimeoutMs?: number
  /**
   * How long a client looks for a server before another takes its place, which looks the names up anew. In ms, default
   * 5 000. A client that had a session waits for the session's time-out first.
   */
  readonly connectTimeoutMs?: number
  /**
   * The session is kept by a process of its own, which a blocked event loop does not disturb. One that is blocked for so long
   * hangs: then its session is ended, so that it does not look alive for ever, and begun anew when it turns again. In ms, from
   * 1 000, default 30 000; noticed within a tenth of it.
   */
  readonly hungAfterMs?: number
}

/** In one packet of ZooKeeper, which by default is cut at 1 MiB, there must be room for more than the value. */
const MAX_VALUE_BYTES = 1_000_000

/**
 * A store in ZooKeeper, by npm `zookeeper` in a forked process of its own. No TLS, for that driver knows none. Begins to connect at once and for as long as it
 * takes; operations reject with `RpcError` `unavailable` while it cannot.
 */
export function zookeeper({
  servers,
  root = '',
  username = '',
  password = '',
  acl = username === '' ? 'open' : 'creator',
  sessionTimeoutMs = 6_000,
  operationTimeoutMs = 5_000,
  connectTimeoutMs = 5_000,
  hungAfterMs = 30_000,
  ...options
}: ZookeeperOptions): Store {
  if (servers === '') throw new TypeError('servers "" names no server; write e.g. "127.0.0.1:2181"')
  if (root !== '') assertPath(root)
  const credentials = credentialsOf(username, password)
  if (!['creator', 'open'].includes(acl)) throw new TypeError(`acl ${printable(acl)} is neither "creator" nor "open"`)
  if (acl === 'creator' && !credentials) throw new TypeError('acl "creator" needs a username: who is the creator?')
  assertAtLeast('sessionTimeoutMs', sessionTimeoutMs, 1_000)
  assertAtLeast('operationTimeoutMs', operationTimeoutMs, 1)
  assertAtLeast('connectTimeoutMs', connectTimeoutMs, 100)
  assertAtLeast('hungAfterMs', hungAfterMs, 1_000)
  const { maxValueBytes = 0, clock = systemClock, logger = silent } = options
  if (maxValueBytes > MAX_VALUE_BYTES) {
    throw new RangeError(`maxValueBytes ${maxValueBytes} is above ${MAX_VALUE_BYTES}: ZooKeeper's packets end at 1 MiB`)
  }
  const times = { sessionTimeoutMs, operationTimeoutMs, connectTimeoutMs, hungAfterMs }
  const link = { servers, root, ...times, creatorOnly: acl === 'creator', ...(credentials ? { credentials } : {}) }
  return storeOver((restored) => new ZookeeperBackend(link, clock, logger, restored), options)
}

/** As the scheme `digest` takes them. Neither is named in what is thrown. */
function credentialsOf(username: string, password: string): string | undefined {
  if (username === '' && password === '') return undefined
  if (username === '' || password === '')
    throw new TypeError('a username and a password go together; give both or none')
  if (username.includes(':')) throw new TypeError('the username has a ":", which ZooKeeper takes for its end')
  return `${username}:${password}`
}

function assertAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least && value <= 2 ** 31 - 1)) throw new RangeError(`${name} ${value} is not ${least} ms or more`)
}
