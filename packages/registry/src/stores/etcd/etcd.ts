import { assertPath, type Store, silent, systemClock } from '@kumquat/core'
import { DEFAULT_MAX_VALUE_BYTES, type StoreOptions, storeOver } from '../store-over.ts'
import { EtcdBackend } from './etcd-backend.ts'
import type { EtcdTls } from './http.ts'

export interface EtcdOptions extends StoreOptions {
  /** `host:port`, or several with "," between: members of one cluster. */
  readonly servers: string
  /** The path below which everything stands, e.g. `/lemonhjuice`. Default: none, keys are the paths. */
  readonly root?: string
  /** How long what is held outlives its holder. In ms, rounded up to seconds, from 1 000, default 6 000; etcd makes 2 s of less. */
  readonly leaseTtlMs?: number
  /** Bound of every operation, the waiting for a connection included. In ms, default 5 000. */
  readonly operationTimeoutMs?: number
  /** Bound of one connection's making. In ms, default 2 000. */
  readonly connectTimeoutMs?: number
  /** Where etcd has authentication switched on. Default: nobody. */
  readonly username?: string
  readonly password?: string
  /** Given, even empty: TLS. Default: none, everything is sent in the clear. */
  readonly tls?: EtcdTls
}

/** Etcd takes requests of 1.5 MiB unless it is told otherwise. */
const MAX_VALUE_BYTES = 1_000_000
const MAX_ANSWER_BYTES = 8 * 1024 * 1024

/**
 * A store in etcd 3.4 or later, by its JSON gateway and npm `undici`. Begins to connect at once and for as long as it takes;
 * operations reject with `RpcError` `unavailable` while it cannot.
 */
export function etcd({
  servers,
  root = '',
  leaseTtlMs = 6_000,
  operationTimeoutMs = 5_000,
  connectTimeoutMs = 2_000,
  username = '',
  password = '',
  tls,
  ...options
}: EtcdOptions): Store {
  if (root !== '') assertPath(root)
  assertAtLeast('leaseTtlMs', leaseTtlMs, 1_000)
  assertAtLeast('operationTimeoutMs', operationTimeoutMs, 1)
  assertAtLeast('connectTimeoutMs', connectTimeoutMs, 1)
  const { maxValueBytes = DEFAULT_MAX_VALUE_BYTES, clock = systemClock, logger = silent } = options
  if (maxValueBytes > MAX_VALUE_BYTES) {
    throw new RangeError(`maxValueBytes ${maxValueBytes} is above ${MAX_VALUE_BYTES}: etcd's requests end at 1.5 MiB`)
  }
  const setting = {
    servers: servers.split(',').map((server) => originOf(server, tls !== undefined)),
    root,
    leaseTtlMs,
    operationTimeoutMs,
    connectTimeoutMs,
    username,
    password,
    tls: tls ?? {},
    maxAnswerBytes: MAX_ANSWER_BYTES,
  }
  return storeOver((restored) => new EtcdBackend(setting, clock, logger, restored), options)
}

function originOf(server: string, secure: boolean): URL {
  const text = `${secure ? 'https' : 'http'}://${server}`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && url.pathname === '/' && url.username + url.password + url.search + url.hash === '') return url
  const shown = server.includes('@') ? 'with an "@"' : JSON.stringify(server)
  throw new TypeError(`server ${shown} is not "host:port"; write e.g. "127.0.0.1:2379"`)
}

function assertAtLeast(name: string, value: number, least: number): void {
  if (!(value >= least && value <= 2 ** 31 - 1)) throw new RangeError(`${name} ${value} is not ${least} ms or more`)
}
