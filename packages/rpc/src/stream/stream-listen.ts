import { formatServiceKey } from '@kumquat/core'
import type { HttpListenOptions } from '../http/http-listen-options.ts'
import { listenUpgrading } from '../http/listen.ts'
import { integerIn } from '../integer-in.ts'
import type { Listen, ListenOptions } from '../transport.ts'
import { acceptStreams } from './accept-streams.ts'
import type { ServedRoute, Sessions } from './serving-session.ts'

export interface StreamListenOptions extends HttpListenOptions {
  /** Silence after which a caller is asked for a sign of life; twice that, and it is cut. 100 to 3 600 000 ms, default 15 000. */
  readonly heartbeatMs?: number
}

/**
 * Serves over HTTP/1.1, and over connections that are upgraded on the same port to carry many calls at once:
 * docs/reference/wire.md.
 *
 * @throws RangeError on a bad limit, TypeError on credentials that cannot be read or used.
 */
export function streamListen({ heartbeatMs = 15_000, ...options }: StreamListenOptions = {}): Listen {
  integerIn('heartbeatMs', heartbeatMs, 100, 3_600_000)
  return listenUpgrading(options, {
    transport: 'stream',
    take: (server, exchanges, given) =>
      acceptStreams(server, {
        ...{ exchanges, heartbeatMs, maxRequestBytes: given.maxBodyBytes, certifiedOnly: given.certifiedOnly },
        maxDepth: options.maxDepth ?? 64,
        routes: routesOf(given),
      }),
  })
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
