import { type Provider, provider } from '@kumquat/rpc'

/** Serves at once, is found once its cache is warm, and can be taken out for maintenance. */
export async function warmed(registry: string, catalog: object, warmth: Promise<unknown>): Promise<Provider> {
  return await provider({ registry, services: [catalog], register: warmth })
}

/** Nobody new is sent to it meanwhile; who calls it all the same is served. */
export async function maintained(serving: Provider, work: () => Promise<void>): Promise<void> {
  await serving.unregister()
  await work()
  await serving.register()
}
