import { type Connect, systemClock } from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import type { ValueEncoding } from '../encoding/value-encoding.ts'
import { wantedEncoding } from '../encoding/wanted-encoding.ts'
import { answeredBy } from '../http/answered-by.ts'
import { httpWays } from '../http/connect.ts'
import { connectLimitsOf, type HttpConnectOptions } from '../http/http-connect-options.ts'
import { CALLER, ENCODING } from '../http/wire.ts'
import { integerIn } from '../integer-in.ts'
import { Deadlines } from '../waiting/deadlines.ts'
import { PROTOCOL, STREAM_PATH } from './frame.ts'
import { WINDOW_BYTES } from './item-cost.ts'
import { StreamEndpoint } from './stream-endpoint.ts'
import { StreamLine } from './stream-line.ts'

export interface StreamConnectOptions extends HttpConnectOptions {
  /** Connections to one provider at once, 1 to 64. Default 1. */
  readonly lines?: number
  /** Silence after which a provider is asked for a sign of life; twice that, and it is taken for dead. 100 to 3 600 000, default 5 000. */
  readonly heartbeatMs?: number
  /** Bytes that wait for one provider to take them; more calls are refused. Default 16 MiB. */
  readonly maxQueuedBytes?: number
  /**
   * Bytes of items of one stream that its provider may send ahead of their reader, where small ones count as 1 KiB; the last may go
   * beyond. 1 to 1 GiB, default 256 KiB; 1 has them come one by one.
   */
  readonly windowBytes?: number
  /**
   * How arguments and replies travel where the provider agrees; JSON where it does not. `msgpack` carries bytes as `Uint8Array`,
   * and needs the package msgpackr. Default `json`.
   */
  readonly encoding?: ValueEncoding
}

/**
 * Opens lines over upgraded connections, which carry many calls at once: docs/reference/wire.md. Providers that do not list
 * the transport `stream`, and those that refuse the upgrade, are called over plain HTTP.
 *
 * @throws TypeError on a caller that is no name, or an unknown encoding, RangeError on a bad limit.
 */
export function streamConnect(options: StreamConnectOptions = {}): Connect {
  const { lines = 1, heartbeatMs = 5_000, maxQueuedBytes = 16 * 2 ** 20, caller = '', encoding = 'json' } = options
  const { windowBytes = WINDOW_BYTES } = options
  const { clock = systemClock, logger = consoleLogger() } = options
  integerIn('lines', lines, 1, 64)
  integerIn('heartbeatMs', heartbeatMs, 100, 3_600_000)
  integerIn('maxQueuedBytes', maxQueuedBytes, 65_536, 2 ** 30)
  integerIn('windowBytes', windowBytes, 1, 2 ** 30)
  const { maxPending, maxStreams, maxAnswerBytes, maxItemBytes } = connectLimitsOf(options)
  const waysTo = httpWays(options)
  const deadlines = new Deadlines(clock)
  const wanted = wantedEncoding(encoding, logger)
  const headers = { ...(caller !== '' && { [CALLER]: caller }), ...wanted.headers }
  let hasTold = false
  const onPlain = (peer: string): void => {
    if (hasTold) return
    hasTold = true
    logger.warn(
      { peer },
      'a provider, or a proxy before it, refuses to let calls share a connection: plain HTTP is used',
    )
  }
  return (record) => {
    const { plain, over } = waysTo(record)
    if (over === undefined || !record.transports.includes('stream')) return plain
    const { endpoint, pool } = over
    const open = async (): Promise<StreamLine | undefined> => {
      const loaded = await wanted.loaded()
      const upgraded = await pool.upgrade(STREAM_PATH, PROTOCOL, headers)
      if (upgraded === undefined) return undefined
      endpoint.answered(answeredBy(upgraded.headers))
      return new StreamLine({
        ...{ socket: upgraded.socket, peer: record.id },
        binary: wanted.agreed(loaded, upgraded.headers[ENCODING], record.id),
        ...{ maxAnswerBytes, maxQueuedBytes, maxStreams, windowBytes, maxItemBytes, heartbeatMs, clock, deadlines },
        onGoAway: () => endpoint.unreachable(),
        onEnd: (error) => error && endpoint.unreachable(),
      })
    }
    return new StreamEndpoint({ peer: record.id, plain: endpoint, open, lines, maxPending, onPlain, clock })
  }
}
