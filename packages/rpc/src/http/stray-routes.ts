import type { App } from './app.ts'
import { stray } from './call-routes.ts'
import type { Exchanges } from './exchanges.ts'
import { deadEnd, nameIn } from './unknown-path.ts'

/** Answers whatever leads nowhere, in a server that serves calls and nothing else. */
export function routeStrays(app: App, shared: Exchanges): void {
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?', 1)[0]!
    const name = request.method === 'POST' ? nameIn(path) : undefined
    const exchange = stray(shared, request, reply, name)
    if (!exchange.admit()) return
    // Of a name that nobody has, dispatch knows best what to say.
    if (name !== undefined) return exchange.run(name, undefined)
    const { error, status, headers } = deadEnd(request.method, path, (url) => app.hasRoute({ method: 'POST', url }))
    exchange.fail(error, status, headers)
  })
}
