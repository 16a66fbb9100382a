import { integerIn } from '../integer-in.ts'
import { assertListenTls, type ListenTls } from '../tls/listen-tls.ts'
import { assertSockets } from './socket-name.ts'

/** What a request may be. Each is refused before more of it is read than the limit. */
export interface CallLimits {
  /** Headers of a request. 8 to 2 000, default 100. */
  readonly maxHeaders?: number
  /** Levels of JSON in a body. 1 to 1 000, default 64. */
  readonly maxDepth?: number
  /** Arguments of a call. 1 to 10 000, default 64. */
  readonly maxArguments?: number
  /**
   * Answers of this size in bytes and above are compressed for callers that say they can read it. 0 to 1 GiB, or `Infinity`
   * for never; default 16 384.
   */
  readonly compressFromBytes?: number
}

/** A listening server and its limits; times in ms. */
export interface HttpListenOptions extends CallLimits {
  /** Bytes of the line and the headers of a request together. 1 024 to 1 MiB, default 16 384. */
  readonly maxHeaderBytes?: number
  /** After this much idleness we close a connection. Callers close theirs earlier. 1 to 86 400 000, default 75 000. */
  readonly keepAliveTimeoutMs?: number
  /** For the headers of a request to arrive, and for the handshake of TLS. 100 to `requestTimeoutMs`, default 5 000. */
  readonly headersTimeoutMs?: number
  /** For a whole request to arrive. 100 to 86 400 000, default 10 000. */
  readonly requestTimeoutMs?: number
  /** Connections at once; more are closed as they come. 1 to 1 000 000, default 10 000. */
  readonly maxConnections?: number
  /** Requests after which a connection is closed, so that callers spread anew. 0 to 1 000 000 000, default 0, never. */
  readonly maxRequestsPerConnection?: number
  /**
   * A folder, for callers of this machine that are told the same: there we listen on a unix socket, too, named by our port, which
   * only our own user may open. Default: none.
   */
  readonly sockets?: string
  /** Speaks TLS only. The record then names the transport `https`. Default: plain HTTP. */
  readonly tls?: ListenTls
}

export type ServerLimits = Required<Omit<HttpListenOptions, 'tls' | 'sockets' | keyof CallLimits>> &
  Required<CallLimits>

/** Every limit. Throws `RangeError` or `TypeError` naming the first bad value. */
export function limitsOf(options: HttpListenOptions): ServerLimits {
  const requestTimeoutMs = integerIn('requestTimeoutMs', options.requestTimeoutMs ?? 10_000, 100, DAY_MS)
  const limits = {
    ...callLimitsOf(options),
    requestTimeoutMs,
    maxHeaderBytes: integerIn('maxHeaderBytes', options.maxHeaderBytes ?? 16_384, 1_024, 2 ** 20),
    keepAliveTimeoutMs: integerIn('keepAliveTimeoutMs', options.keepAliveTimeoutMs ?? 75_000, 1, DAY_MS),
    headersTimeoutMs: integerIn(
      'headersTimeoutMs',
      options.headersTimeoutMs ?? Math.min(5_000, requestTimeoutMs),
      100,
      requestTimeoutMs,
    ),
    maxConnections: integerIn('maxConnections', options.maxConnections ?? 10_000, 1, 1_000_000),
    maxRequestsPerConnection: integerIn(
      'maxRequestsPerConnection',
      options.maxRequestsPerConnection ?? 0,
      0,
      1_000_000_000,
    ),
  }
  if (options.sockets !== undefined) assertSockets(options.sockets)
  if (options.tls !== undefined) {
    assertListenTls(options.tls)
    integerIn('tls.reloadMs', options.tls.reloadMs ?? 10_000, 100, DAY_MS)
  }
  return limits
}

/** The limits of a request alone, for servers that are not ours. Throws `RangeError` naming the first bad value. */
export function callLimitsOf(options: CallLimits): Required<CallLimits> {
  const { compressFromBytes = 16_384 } = options
  return {
    maxHeaders: integerIn('maxHeaders', options.maxHeaders ?? 100, 8, 2_000),
    maxDepth: integerIn('maxDepth', options.maxDepth ?? 64, 1, 1_000),
    maxArguments: integerIn('maxArguments', options.maxArguments ?? 64, 1, 10_000),
    compressFromBytes:
      compressFromBytes === Number.POSITIVE_INFINITY
        ? compressFromBytes
        : integerIn('compressFromBytes', compressFromBytes, 0, 2 ** 30),
  }
}

const DAY_MS = 86_400_000
