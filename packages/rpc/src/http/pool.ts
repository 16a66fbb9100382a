import { existsSync } from 'node:fs'
import type { IncomingHttpHeaders } from 'node:http'
import type { Socket } from 'node:net'
import { buildConnector, type Dispatcher, Pool } from 'undici'
import type { Credentials } from '../tls/credentials.ts'

/** Told of one exchange, in order: start, answer, data, end; or an error at any point. */
export type AnswerHandler = Dispatcher.DispatchHandler

/**
 * The same, told of headers as they came. The older form of undici's handlers, and the one that it works with: the other is
 * made of it, with all headers read and objects for each, which is a tenth of a call.
 */
export interface RawAnswerHandler {
  onConnect(abort: (reason?: Error) => void): void
  /** Name, value, name, value. True to go on. */
  onHeaders(status: number, raw: Buffer[]): boolean
  onData(chunk: Buffer): boolean
  onComplete(): void
  onError(error: Error): void
}

/** Ends an exchange that has begun. */
export type AnswerController = Dispatcher.DispatchController

export interface HttpPoolOptions {
  /** Connections at once; further requests wait. */
  readonly connections: number
  readonly connectTimeoutMs: number
  /** Answers above this size are refused while they stream in. */
  readonly maxAnswerBytes: number
  /** A unix socket of the peer: used for as long as it is there. Default: none. */
  readonly socket?: string | undefined
  /** For an origin that is `https:`. Default: what Node trusts, and no certificate of our own. */
  readonly secure?: SecureLine | undefined
}

/** How lines to one provider are secured. */
export interface SecureLine {
  /** Asked at each new connection. */
  readonly credentials: () => Credentials
  /** The name that the certificate must have; undefined = the host. */
  readonly serverName: string | undefined
}

/** A connection that speaks another protocol now. */
export interface Upgraded {
  readonly socket: Socket
  readonly headers: IncomingHttpHeaders
}

/** Kept-alive connections to one peer. */
export interface HttpPool {
  /** Sends a POST when a connection is free. Never throws: every failure is told to `handler`. */
  post(path: string, headers: string[], body: string | Buffer, handler: AnswerHandler | RawAnswerHandler): void
  get(path: string, handler: AnswerHandler): void
  /** Asks for another protocol on a connection of its own; nothing if the peer answers, but does not agree. */
  upgrade(path: string, protocol: string, headers: Readonly<Record<string, string>>): Promise<Upgraded | undefined>
  /** Lets what is in flight finish. */
  close(): Promise<void>
}

/**
 * Opens no connection yet. Idle ones are closed by us, and before the peer does, so that no request is written into a
 * connection that is being closed: 2 s before the peer says it will, at the latest after 30 s, and
 * after 4 s when it says nothing.
 */
export function httpPool(origin: string, options: HttpPoolOptions): HttpPool {
  const { connections, maxAnswerBytes } = options
  let opened: Pool | undefined
  let isClosed = false
  // A pool takes 16 KiB before its first request: too much for thousands of peers that are known and hardly ever called.
  const pool = (): Pool => {
    opened ??= new Pool(origin, {
      connections,
      pipelining: 1,
      connect: connector(options),
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 30_000,
      keepAliveTimeoutThreshold: 2_000,
      // Time is kept by the deadline of the call: these two are half a second off.
      headersTimeout: 0,
      bodyTimeout: 0,
      maxResponseSize: maxAnswerBytes,
      allowH2: false,
    })
    if (isClosed && !opened.closed) void opened.close()
    return opened
  }
  return {
    post(path, headers, body, handler) {
      pool().dispatch({ method: 'POST', path, headers, body }, handler)
    },
    get(path, handler) {
      pool().dispatch({ method: 'GET', path }, handler)
    },
    async upgrade(path, protocol, headers) {
      try {
        const { socket, headers: answered } = await pool().upgrade({ path, protocol, headers: { ...headers } })
        return { socket: socket as Socket, headers: answered }
      } catch (error) {
        if (error instanceof Error && error.message === 'bad upgrade') return undefined
        throw error
      }
    },
    async close() {
      isClosed = true
      await opened?.close()
    },
  }
}

/** Opens connections, each with the credentials of its moment. */
function connector({ connectTimeoutMs: timeout, secure, socket }: HttpPoolOptions): buildConnector.connector {
  const over = connectorOver({ timeout, secure, socketPath: undefined })
  if (socket === undefined) return over
  const overSocket = connectorOver({ timeout, secure, socketPath: socket })
  return (options, done) => (existsSync(socket) ? overSocket : over)(options, done)
}

interface Over {
  readonly timeout: number
  readonly secure: SecureLine | undefined
  readonly socketPath: string | undefined
}

function connectorOver({ timeout, secure, socketPath }: Over): buildConnector.connector {
  const way = socketPath === undefined ? {} : { socketPath }
  let known: Credentials | undefined
  let open = buildConnector({ timeout, ...way })
  return (options, done) => {
    const now = secure?.credentials()
    if (now !== known) {
      known = now
      const servername = secure?.serverName
      // Another one, because it keeps sessions, and a session remembers who we were.
      open = buildConnector({ ...now, timeout, ...way, ...(servername !== undefined && { servername }) })
    }
    open(options, (...[error, socket]) => (error === null ? done(error, socket) : done(renamed(error), socket)))
  }
}

/**
 * undici moves a request that fails so to those under way, and never away from there: the pool could not be closed any more.
 * Of an error that it does not know by name it makes nothing special.
 */
function renamed(error: Error & { readonly code?: string }): Error {
  if (error.code !== 'ERR_TLS_CERT_ALTNAME_INVALID') return error
  return Object.assign(new Error(error.message, { cause: error }), { code: 'ERR_TLS_CERT_OTHER_NAME' })
}
