import { consumer } from '@kumquat/rpc'
import type { Caller } from './bare-client.ts'
import type { Items } from './kumquat-server.ts'

/** The whole stack: registry, directory, routers, balancer, failover, deadline, outcome. */
export async function kumquatClient(registry: string): Promise<Caller> {
  const calls = await consumer({ registry })
  const items = calls.client<Items>({ app: 'bench', group: 'items', idempotent: ['getItem'] })
  await calls.ready({ app: 'bench', group: 'items' })
  return {
    call: (id) => items.getItem(id),
    [Symbol.asyncDispose]: () => calls[Symbol.asyncDispose](),
  }
}
