import { type Clock, RpcError } from '@kumquat/core'
import type { Redis } from 'ioredis'
import { splitAddress } from '../../address.ts'
import type { Script } from './scripts/script.ts'

export interface ClientOptions {
  readonly username?: string
  readonly password?: string
  /** Number of the database. */
  readonly db: number
  /** Whether the server is spoken to by TLS, and trusted if Node trusts its certificate. */
  readonly tls: boolean
  readonly connectTimeoutMs: number
  readonly operationTimeoutMs: number
  /** What each script is told first: the tree, and the silence in ms during which no session grows older. */
  readonly tree: string
  readonly silenceMs: number
}

/** One connection. It is not mended when it breaks, and does not keep this process alive. */
export interface Client {
  /** Rejects with `Refusal`, or with another error when the connection broke. */
  run(script: Script, args: readonly string[]): Promise<unknown>
  /** Rejects when the server cannot do so, or we may not; the connection is as good as before. */
  subscribe(channels: readonly string[]): Promise<void>
  unsubscribe(channel: string): Promise<void>
  close(): void
}

export interface ClientListener {
  /** The connection has ended. Called once. */
  gone(): void
  heard(channel: string, message: string): void
}

/** An answer of Redis that is no success. */
export class Refusal extends Error {
  /** The first word of the answer, e.g. `NOAUTH`. */
  readonly kind: string
  /** The `host:port` that a node of a cluster sends us to. */
  readonly elsewhere: string | undefined

  constructor(answer: string) {
    // An unknown command is answered with its arguments, and one of them may be the password.
    super(answer.replace(/,? with args beginning with.*$/s, ''))
    this.kind = /^[A-Z]+/.exec(answer)?.[0] ?? 'ERR'
    this.elsewhere = /^MOVED \d+ (\S+:\d+)/.exec(answer)?.[1]
  }
}

/** Connects to `host:port`. Rejects when it cannot connect as asked. */
export async function connect(
  server: string,
  { username, password, db, tls, connectTimeoutMs, operationTimeoutMs, tree, silenceMs }: ClientOptions,
  clock: Clock,
  listener: ClientListener,
): Promise<Client> {
  const { Redis } = await driver()
  const { host, port = '6379' } = splitAddress(server)
  const redis = new Redis({
    host,
    port: Number(port),
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    ...(tls ? { tls: {} } : {}),
    db,
    commandTimeout: operationTimeoutMs,
    connectTimeout: connectTimeoutMs,
    connectionName: 'kumquat',
    lazyConnect: true,
    retryStrategy: () => null,
    enableOfflineQueue: false,
    // It asks by a command that not everybody may use, and says so on the terminal.
    enableReadyCheck: false,
  })
  await ready(redis, clock, connectTimeoutMs)
  redis.once('close', () => listener.gone())
  redis.on('message', (channel, message) => listener.heard(channel, message))
  let ableToHear: Promise<unknown> | undefined
  return {
    async run({ lua, sha }, args) {
      const all = [tree, String(silenceMs), ...args]
      try {
        return await redis.evalsha(sha, 1, ...all)
      } catch (error) {
        const refusal = plain(error)
        if (!(refusal instanceof Refusal && refusal.kind === 'NOSCRIPT')) throw refusal
      }
      try {
        return await redis.eval(lua, 1, ...all)
      } catch (error) {
        throw plain(error)
      }
    },
    async subscribe(channels) {
      // Without RESP3, for which Redis 6 is needed, a connection that subscribes can do nothing else.
      ableToHear ??= redis.call('HELLO', '3')
      try {
        await ableToHear
        await redis.subscribe(...channels)
      } catch (error) {
        throw plain(error)
      }
    },
    async unsubscribe(channel) {
      await redis.unsubscribe(channel)
    },
    close: () => end(redis),
  }
}

async function driver(): Promise<Pick<typeof import('ioredis'), 'Redis'>> {
  try {
    return await import('ioredis')
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split('\n', 1)[0] : cause
    const message = `the Redis store cannot load the package "ioredis": ${why}; run: npm install ioredis`
    throw new RpcError('failed_precondition', message, { outcome: 'not-run', cause })
  }
}

/** The driver goes on after a wrong password or database; here that is no connection. */
async function ready(redis: Redis, clock: Clock, withinMs: number): Promise<void> {
  let why: Error | undefined
  redis.on('error', (error) => {
    why ??= plain(error)
  })
  redis.once('connect', () => redis.stream.unref())
  const timer = clock.after(withinMs, () => {
    why ??= new Error(`no answer within ${withinMs} ms`)
    end(redis)
  })
  try {
    await redis.connect()
  } catch (error) {
    why ??= plain(error)
  } finally {
    timer[Symbol.dispose]()
  }
  if (why === undefined) return
  end(redis)
  throw why
}

/** At once: the driver alone would wait for the other end to agree, which may be frozen. */
function end(redis: Redis): void {
  redis.disconnect()
  redis.stream?.destroy()
}

/** Without what the driver adds: the command, and with it values and passwords. */
function plain(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error))
  return error.name === 'ReplyError' ? new Refusal(error.message) : new Error(error.message)
}
