import { type Dispatcher, Pool } from 'undici'

/** Told of one exchange, in order: start, answer, data, end; or an error at any point. */
export type AnswerHandler = Dispatcher.DispatchHandler

/** Ends an exchange that has begun. */
export type AnswerController = Dispatcher.DispatchController

export interface HttpPoolOptions {
  /** Connections at once; further requests wait. */
  readonly connections: number
  readonly connectTimeoutMs: number
  /** Answers above this size are refused while they stream in. */
  readonly maxAnswerBytes: number
}

/** Kept-alive connections to one peer. */
export interface HttpPool {
  /** Sends a POST when a connection is free. Never throws: every failure is told to `handler`. */
  post(path: string, headers: string[], body: string, handler: AnswerHandler): void
  get(path: string, handler: AnswerHandler): void
  /** Lets what is in flight finish. */
  close(): Promise<void>
}

/**
 * Opens no connection yet. Idle ones are closed by us, and before the peer does, so that no request is written into a
 * connection that is being closed: 2 s before the peer says it will, at the latest after 30 s, and
 * after 4 s when it says nothing.
 */
export function httpPool(origin: string, { connections, connectTimeoutMs, maxAnswerBytes }: HttpPoolOptions): HttpPool {
  let opened: Pool | undefined
  let isClosed = false
  // A pool takes 16 KiB before its first request: too much for thousands of peers that are known and hardly ever called.
  const pool = (): Pool => {
    opened ??= new Pool(origin, {
      connections,
      pipelining: 1,
      connect: { timeout: connectTimeoutMs },
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
    async close() {
      isClosed = true
      await opened?.close()
    },
  }
}
