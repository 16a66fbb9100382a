import { formatServiceKey } from '@kumquat/core'
import type { Offer } from '../contract/offer.ts'
import type { App, AppReply, AppRequest } from './app.ts'
import { stray } from './call-routes.ts'
import type { Exchanges } from './exchanges.ts'
import { deadEnd, nameIn } from './unknown-path.ts'

/** Answers whatever leads nowhere, in a server that serves calls and nothing else. */
export function routeStrays(app: App, shared: Exchanges): void {
  app.setNotFoundHandler((request, reply) => answerStray(app, shared, request, reply))
}

/** Answers what leads nowhere within the services that are offered, in a server that has other things to do. */
export function routeOwnStrays(app: App, shared: Exchanges, offers: readonly Offer[]): void {
  for (const { declaration } of offers) {
    app.all(`/${formatServiceKey(declaration.service)}/*`, {
      // Before its body is read.
      onRequest: (request, reply) => answerStray(app, shared, request, reply),
      handler: () => {},
    })
  }
}

function answerStray(app: App, shared: Exchanges, request: AppRequest, reply: AppReply): void {
  const path = request.url.split('?', 1)[0]!
  const name = request.method === 'POST' ? nameIn(path) : undefined
  const exchange = stray(shared, request, reply, name)
  if (!exchange.admit()) return
  // Of a name that nobody has, dispatch knows best what to say.
  if (name !== undefined) exchange.run(name, undefined)
  else exchange.refuse(deadEnd(request.method, path, (url) => app.hasRoute({ method: 'POST', url })))
}
