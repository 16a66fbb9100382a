import { access } from 'node:fs/promises'
import { type Provider, provider } from '@kumquat/rpc'

/** Out of the registry while its folder cannot be reached. */
export async function checked(registry: string, catalog: object, folder: string): Promise<Provider> {
  const check = async (): Promise<boolean> => access(folder).then(() => true)
  return await provider({ registry, services: [catalog], health: { check, intervalMs: 5_000 } })
}
