import { CredentialsSource } from '../tls/credentials.ts'
import type { Listen } from '../transport.ts'
import { type App, app } from './app.ts'
import { parseBodies } from './body-parsing.ts'
import { refuse, routeCalls } from './call-routes.ts'
import { cannotListen, cannotOpen } from './cannot-listen.ts'
import { exchanges } from './exchanges.ts'
import { type HttpListenOptions, limitsOf } from './http-listen-options.ts'
import { httpServer } from './http-server.ts'
import { HttpListener } from './listener.ts'
import { routeProbes } from './probe-routes.ts'
import { renewCredentials } from './renew-credentials.ts'
import { socketDoor } from './socket-door.ts'
import { socketName } from './socket-name.ts'
import { routeStrays } from './stray-routes.ts'
import type { UpgradeTo } from './upgrades.ts'

/**
 * Serves over HTTP/1.1 with Fastify, plain or in TLS: docs/reference/wire.md.
 *
 * @throws RangeError on a bad limit, TypeError on credentials that cannot be read or used.
 */
export const httpListen = (options: HttpListenOptions = {}): Listen => listenUpgrading(options)

/** The same, on whose connections another protocol may be asked for. */
export function listenUpgrading(options: HttpListenOptions, upgrade?: UpgradeTo): Listen {
  const limits = limitsOf(options)
  const { tls } = options
  const credentials = tls && new CredentialsSource(tls)
  return async (given) => {
    const { host, port, clock, logger, maxBodyBytes } = given
    const shared = exchanges(given, limits, true)
    const secure = credentials && {
      credentials: credentials.current,
      clientCertificate: tls?.clientCertificate ?? 'none',
    }
    const serving = app({
      maxBodyBytes,
      refuse: (error, request, reply) => refuse(shared, error, request, reply),
      server: (handle) => httpServer(handle, limits, secure),
    })
    parseBodies(serving, limits)
    routeCalls(serving, shared, { ...given, ...limits })
    routeProbes(serving, shared, given)
    routeStrays(serving, shared)
    const undone = async (error: unknown): Promise<never> => {
      shared.gauge[Symbol.dispose]()
      await serving.close()
      throw error
    }
    const asked = { host: host === 'localhost' ? '127.0.0.1' : host, port, backlog: 1_024 }
    await serving.listen(asked).catch((error) => undone(cannotListen(host, port, error)))
    const bound = boundPort(serving, port)
    const path = options.sockets === undefined ? undefined : socketName(options.sockets, bound)
    const door = path && (await socketDoor(serving.server, path).catch((error) => undone(cannotOpen(path, error))))
    const renewal = credentials && renewCredentials({ server: serving.server, credentials, tls, clock, logger })
    return new HttpListener({
      server: serving.server,
      port: bound,
      transports: [...(upgrade ? [upgrade.transport] : []), credentials ? 'https' : 'http'],
      upgrades: upgrade?.take(serving.server, shared, {
        ...given,
        certifiedOnly: secure?.clientCertificate === 'required',
      }),
      exchanges: shared,
      async closed() {
        renewal?.[Symbol.dispose]()
        if (door) await door[Symbol.asyncDispose]()
        await serving.close()
      },
    })
  }
}

function boundPort({ server }: App, asked: number): number {
  const bound = server.address()
  return typeof bound === 'object' && bound !== null ? bound.port : asked
}
