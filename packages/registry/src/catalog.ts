import {
  Cell,
  type Clock,
  formatServiceKey,
  isName,
  type Logger,
  type ProviderRecord,
  type ServiceKey,
  type Store,
  silent,
  systemClock,
  type Watch,
} from '@kumquat/core'
import { branches } from './branches.ts'
import { lastingWatch } from './lasting-watch.ts'
import { recordReader } from './record-reader.ts'
import { PROVIDERS, providersPath, servicePath } from './tree.ts'

/** One service, and who provides it at the moment: nobody, when its last provider has gone. */
export interface CatalogEntry {
  readonly service: ServiceKey
  readonly records: readonly ProviderRecord[]
}

export interface CatalogOptions {
  /** Told once of each entry that cannot be read. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/**
 * Every service in the tree of `store`, sorted by name. Resolves at once: the set is empty for as long as the store does
 * not answer, fills as answers come in, and stands through every outage after that.
 */
export async function catalog(
  store: Store,
  { logger = silent, clock = systemClock }: CatalogOptions = {},
): Promise<Watch<readonly CatalogEntry[]>> {
  const services = new Map<string, CatalogEntry>()
  const all = new Cell<readonly CatalogEntry[]>([])
  const waiting = { logger, clock }
  const publish = (): void => all.set([...services.values()].sort(byKey))

  const serviceBranch = (service: ServiceKey): Disposable => {
    const read = recordReader(logger)
    const path = providersPath(service)
    const tell = (records: readonly ProviderRecord[]): void => {
      if (services.get(path)?.records === records) return
      services.set(path, { service, records })
      publish()
    }
    const watch = lastingWatch(store, path, (entries) => tell(read(entries)), waiting)
    return {
      [Symbol.dispose]() {
        watch[Symbol.dispose]()
        if (services.delete(path)) publish()
      },
    }
  }
  const groupBranch = (service: ServiceKey): Disposable =>
    branches(store, servicePath(service), (name) => (name === PROVIDERS ? serviceBranch(service) : undefined), waiting)
  const appBranch = (app: string): Disposable =>
    branches(store, `/${app}`, (group) => (isName(group) ? groupBranch({ app, group }) : undefined), waiting)

  const root = branches(store, '/', (app) => (isName(app) ? appBranch(app) : undefined), waiting)
  return {
    get current() {
      return all.current
    },
    subscribe: (listener) => all.subscribe(listener),
    async [Symbol.asyncDispose]() {
      root[Symbol.dispose]()
    },
  }
}

const byKey = (a: CatalogEntry, b: CatalogEntry): number =>
  formatServiceKey(a.service) < formatServiceKey(b.service) ? -1 : 1
