import type { Clock, Logger, Store } from '@kumquat/core'
import { describeUrl, open } from '@kumquat/registry'

/** A registry in use, and whether it is ours to close. */
export interface RegistryAccess extends AsyncDisposable {
  readonly store: Store
  /** For people, without credentials. */
  readonly name: string
}

/** Opens the registry a URL names, or borrows a store. Disposing closes only what was opened here. */
export async function accessRegistry(
  registry: string | Store,
  options: { readonly clock: Clock; readonly logger: Logger },
): Promise<RegistryAccess> {
  if (typeof registry !== 'string') return { store: registry, name: 'the registry', async [Symbol.asyncDispose]() {} }
  const store = await open(registry, options)
  return {
    store,
    name: `the registry ${describeUrl(registry)}`,
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}
