import type { AddressInfo } from 'node:net'
import { formatAddress, RpcError } from '@kumquat/core'
import fastify, { type FastifyInstance } from 'fastify'
import type { Guard } from './guard.ts'
import type { Snapshot } from './model.ts'
import { pageFile } from './page.ts'
import type { Streams } from './streams.ts'

export interface ServerOptions {
  readonly guard: Guard
  readonly streams: Streams
  readonly snapshot: () => Snapshot
  /** Folder of the built page. */
  readonly page: URL
}

export interface Listening extends AsyncDisposable {
  readonly url: string
  readonly port: number
}

/** Serves the page, `GET /api/snapshot` and `GET /api/events`. Closing it ends every stream at once. */
export async function listen(host: string, port: number, options: ServerOptions): Promise<Listening> {
  const server = fastify({ exposeHeadRoutes: false, forceCloseConnections: true })
  protect(server, options.guard)
  addRoutes(server, options)
  server.addHook('preClose', async () => options.streams[Symbol.dispose]())
  try {
    await server.listen({ host, port })
  } catch (error) {
    await server.close()
    throw explained(error, host, port)
  }
  const { port: bound } = server.server.address() as AddressInfo
  return {
    url: `http://${formatAddress({ host, port: bound })}/`,
    port: bound,
    [Symbol.asyncDispose]: () => server.close(),
  }
}

/** No inline script, nothing from elsewhere, in nobody's frame; `style` of an element is set by script, which needs no leave. */
const SECURITY_HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

function protect(server: FastifyInstance, guard: Guard): void {
  server.addHook<{ Querystring: { token?: unknown } }>('onRequest', async (request, reply) => {
    void reply.headers(SECURITY_HEADERS)
    const { host, authorization, cookie } = request.headers
    const refusal = guard.refuse({ method: request.method, host, authorization, cookie })
    if (refusal === undefined) return
    const shown = refusal.status === 401 ? request.query.token : undefined
    const granted = typeof shown === 'string' ? guard.cookieFor(shown) : undefined
    if (granted !== undefined) return reply.header('set-cookie', granted).redirect('/', 303)
    if (refusal.status === 405) void reply.header('allow', 'GET')
    if (refusal.status === 401) void reply.header('www-authenticate', 'Bearer')
    return reply.code(refusal.status).type('text/plain; charset=utf-8').send(refusal.message)
  })
}

function addRoutes(server: FastifyInstance, { streams, snapshot, page }: ServerOptions): void {
  server.get('/api/snapshot', async (_request, reply) => {
    return reply.header('cache-control', 'no-store').send(snapshot())
  })
  server.get('/api/events', async (_request, reply) => {
    if (streams.full) return reply.code(503).type('text/plain').send('too many pages are open: close one of them\n')
    reply.hijack()
    streams.add(reply.raw, SECURITY_HEADERS)
  })
  server.get<{ Params: { '*': string } }>('/*', async ({ params }, reply) => {
    const name = params['*'] === '' ? 'index.html' : params['*']
    const file = await pageFile(page, name)
    if (file !== undefined) return reply.header('cache-control', 'no-cache').type(file.type).send(file.body)
    void reply.type('text/plain; charset=utf-8')
    if (name !== 'index.html') return reply.code(404).send(`there is no ${JSON.stringify(name)} here\n`)
    return reply.code(503).send('the page was not built: run "npm run build"; the figures are at /api/snapshot\n')
  })
}

function explained(error: unknown, host: string, port: number): Error {
  const where = formatAddress({ host, port })
  const code = (error as NodeJS.ErrnoException).code
  const why =
    code === 'EADDRINUSE'
      ? `${where} is in use: choose another port, or 0 for any that is free`
      : `cannot listen on ${where}: ${error instanceof Error ? error.message : String(error)}`
  return new RpcError('unavailable', `dashboard: ${why}`, { outcome: 'not-run', cause: error })
}
