import { formatServiceKey } from '@kumquat/core'
import type { ListenOptions } from '../transport.ts'
import type { App, AppReply } from './app.ts'
import { elsewhere } from './elsewhere.ts'
import type { Exchanges } from './exchanges.ts'
import { CONTRACT_PATH, INSTANCE, LIVE_PATH, READY_PATH, STATS_PATH } from './wire.ts'

/** The paths of a provider that are no calls. */
export function routeProbes(
  app: App,
  shared: Exchanges,
  { offers, stats = () => ({}) }: Pick<ListenOptions, 'offers' | 'stats'>,
): void {
  const answer = (reply: AppReply, body: unknown): AppReply => {
    const away = elsewhere(shared)
    if (away !== undefined) reply.headers(away)
    return reply.header(INSTANCE, shared.instance).send(body)
  }
  app.get(LIVE_PATH, (_, reply) => answer(reply, { status: 'live' }))
  app.get(READY_PATH, (_, reply) => {
    const status = shared.leaving ? 'leaving' : shared.readiness()
    return answer(reply.code(status === 'ready' ? 200 : 503), { status })
  })
  app.get(STATS_PATH, (_, reply) => answer(reply, stats()))
  app.get(CONTRACT_PATH, (_, reply) => answer(reply, contractsOf(offers)))
}

/** By the names of their services. */
function contractsOf(offers: ListenOptions['offers']): object {
  const entries = offers.map(({ declaration: { service }, published: { hash, document: contract } }) => {
    return [formatServiceKey(service), { hash, contract }] as const
  })
  return Object.fromEntries(entries)
}
