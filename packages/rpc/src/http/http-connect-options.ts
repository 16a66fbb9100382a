import { type Clock, isName, type Logger, type Rng } from '@kumquat/core'
import { codecs, type Encoding } from '../compression/encodings.ts'
import { integerIn } from '../integer-in.ts'
import type { ConnectTls } from '../tls/connect-tls.ts'
import { assertSockets } from './socket-name.ts'

export interface HttpConnectOptions {
  /** The name of the calling app. Default '', which is anonymous. */
  readonly caller?: string
  /** Connections to one provider at once. 1 to 1 024, default 64. */
  readonly connections?: number
  /** Calls to one provider at once, those that wait for a connection included; more are refused. 1 to 1 000 000, default 1 024. */
  readonly maxPending?: number
  /** The handshake of TLS included. 1 to 60 000, default 500. */
  readonly connectTimeoutMs?: number
  /** Greater answers are cut off while they stream in, and while they are unpacked. In bytes, 1 to 1 GiB, default 16 MiB. */
  readonly maxAnswerBytes?: number
  /** Streams of one provider at once, over plain HTTP each on a connection of its own; more are refused. 1 to 10 000, default 256. */
  readonly maxStreams?: number
  /** Greater items of a stream are refused before they are kept. In bytes, 1 to 1 GiB, default 8 MiB. */
  readonly maxItemBytes?: number
  /** A stream over plain HTTP of which nothing comes for so long is over; a provider that lives says so every 15 s. 1 000 to 86 400 000 ms, default 45 000. */
  readonly streamIdleMs?: number
  /** How answers may be packed, the preferred first. `zstd` from Node 22.15. Default none: within a data centre it costs more time than it saves. */
  readonly acceptEncodings?: readonly Encoding[]
  /** How large arguments are packed. The provider must be ours, or be able to read it. Default: not at all. */
  readonly packArguments?: Encoding
  /** Arguments of this size in bytes and above are packed, if any. 0 to 1 GiB, default 16 384. */
  readonly packFromBytes?: number
  /**
   * A folder, for providers of this machine that are told the same: those are called over unix sockets, where there are some.
   * Default: none.
   */
  readonly sockets?: string
  /** For providers that speak TLS. Default: Node's trusted authorities, and no certificate of our own. */
  readonly tls?: ConnectTls
  readonly clock?: Clock
  readonly rng?: Rng
  readonly logger?: Logger
}

/** The limits of one line. */
export interface ConnectLimits {
  readonly connections: number
  readonly maxPending: number
  readonly connectTimeoutMs: number
  readonly maxAnswerBytes: number
  readonly packFromBytes: number
  readonly maxStreams: number
  readonly maxItemBytes: number
  readonly streamIdleMs: number
}

/** Every limit. Throws `TypeError` or `RangeError` naming the first bad value. */
export function connectLimitsOf(options: HttpConnectOptions): ConnectLimits {
  const { caller = '', acceptEncodings = [], packArguments } = options
  if (caller !== '' && !isName(caller)) {
    throw new TypeError(
      `caller ${JSON.stringify(caller)} is not a name such as "web": letters, digits, ".", "_" and "-"`,
    )
  }
  if (options.sockets !== undefined) assertSockets(options.sockets)
  for (const encoding of acceptEncodings) assertEncoding('acceptEncodings', encoding)
  if (packArguments !== undefined) assertEncoding('packArguments', packArguments)
  return {
    connections: integerIn('connections', options.connections ?? 64, 1, 1_024),
    maxPending: integerIn('maxPending', options.maxPending ?? 1_024, 1, 1_000_000),
    connectTimeoutMs: integerIn('connectTimeoutMs', options.connectTimeoutMs ?? 500, 1, 60_000),
    maxAnswerBytes: integerIn('maxAnswerBytes', options.maxAnswerBytes ?? 16 * 2 ** 20, 1, 2 ** 30),
    packFromBytes: integerIn('packFromBytes', options.packFromBytes ?? 16_384, 0, 2 ** 30),
    maxStreams: integerIn('maxStreams', options.maxStreams ?? 256, 1, 10_000),
    maxItemBytes: integerIn('maxItemBytes', options.maxItemBytes ?? 8 * 2 ** 20, 1, 2 ** 30),
    streamIdleMs: integerIn('streamIdleMs', options.streamIdleMs ?? 45_000, 1_000, 86_400_000),
  }
}

function assertEncoding(name: string, encoding: Encoding): void {
  if (codecs.has(encoding)) return
  throw new TypeError(`${name}: this Node cannot do ${JSON.stringify(encoding)}, but ${[...codecs.keys()].join(', ')}`)
}
