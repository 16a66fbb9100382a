import { formatServiceKey } from '@kumquat/core'
import { loadBinary } from '../encoding/load-binary.ts'
import type { BinaryEncoding, ValueEncoding } from '../encoding/value-encoding.ts'
import type { HttpListenOptions } from '../http/http-listen-options.ts'
import { listenUpgrading } from '../http/listen.ts'
import { integerIn } from '../integer-in.ts'
import type { Listen, ListenOptions } from '../transport.ts'
import { acceptStreams } from './accept-streams.ts'
import { WINDOW_BYTES } from './item-cost.ts'
import type { ServedRoute, Sessions } from './serving-session.ts'

export interface StreamListenOptions extends HttpListenOptions {
  /** Silence after which a caller is asked for a sign of life; twice that, and it is cut. 100 to 3 600 000 ms, default 15 000. */
  readonly heartbeatMs?: number
  /**
   * Bytes of items of one stream that its caller may send ahead of the method that reads them, where small ones count as 1 KiB; the
   * last may go beyond. 1 to 1 GiB, default 256 KiB; 1 has them come one by one.
   */
  readonly windowBytes?: number
  /** An encoding that callers may ask for beside JSON, on connections that have left HTTP. `msgpack` needs the package msgpackr. Default `json`: none. */
  readonly encoding?: ValueEncoding
}

/**
 * Serves over HTTP/1.1, and over connections that are upgraded on the same port to carry many calls at once:
 * docs/reference/wire.md.
 *
 * @throws RangeError on a bad limit, TypeError on credentials that cannot be read or used, and on an unknown encoding.
 */
export function streamListen(given: StreamListenOptions = {}): Listen {
  const { heartbeatMs = 15_000, windowBytes = WINDOW_BYTES, encoding = 'json', ...options } = given
  integerIn('heartbeatMs', heartbeatMs, 100, 3_600_000)
  integerIn('windowBytes', windowBytes, 1, 2 ** 30)
  const loading = loadBinary(encoding)
  // Who listens is told.
  loading?.catch(() => {})
  let binary: BinaryEncoding | undefined
  const listen = listenUpgrading(options, {
    transport: 'stream',
    take: (server, exchanges, given) =>
      acceptStreams(server, {
        ...{ exchanges, heartbeatMs, windowBytes, binary },
        ...{ maxRequestBytes: given.maxBodyBytes, certifiedOnly: given.certifiedOnly },
        maxDepth: options.maxDepth ?? 64,
        routes: routesOf(given),
      }),
  })
  return async (listening) => {
    binary = await loading
    return await listen(listening)
  }
}

function routesOf({ offers }: ListenOptions): Sessions['routes'] {
  const routes = new Map<string, ServedRoute>()
  for (const { declaration, methods } of offers) {
    for (const [method, { idempotent, write }] of methods) {
      const name = { service: declaration.service, method }
      routes.set(`/${formatServiceKey(declaration.service)}/${method}`, { name, idempotent, write })
    }
  }
  return routes
}
