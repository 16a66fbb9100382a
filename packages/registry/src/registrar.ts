import {
  type Logger,
  type ProviderRecord,
  providerRecord,
  RpcError,
  type ServiceKey,
  type Store,
  silent,
} from '@kumquat/core'
import { encodeGoodbye } from './goodbyes.ts'
import { printable } from './printable.ts'
import { encodeRecord } from './record-codec.ts'
import { drainingPath, providerPath } from './tree.ts'

/** The provider's side of a registry. */
export interface Registrar {
  /**
   * Advertises `record` until the registration is disposed, through reconnects and lost sessions. Rejects with
   * `RpcError` `already_exists` when a living provider stands at that address already, `unavailable` when the registry
   * does not answer.
   */
  register(service: ServiceKey, record: ProviderRecord): Promise<Registration>
}

/** One advertised record. Disposing it announces the goodbye and then takes the record down. Never rejects. */
export interface Registration extends AsyncDisposable {
  readonly record: ProviderRecord
  /** Advertises a changed record. The address cannot change: `TypeError`. */
  update(change: Partial<ProviderRecord>): Promise<void>
}

export interface RegistrarOptions {
  readonly logger?: Logger
}

/** Registers providers in the tree of `store`. */
export function registrar(store: Store, { logger = silent }: RegistrarOptions = {}): Registrar {
  /** Goodbyes stand until the store is closed, or until the provider is back. */
  const goodbyes = new Map<string, AsyncDisposable>()
  return {
    async register(service, first) {
      const path = providerPath(service, first)
      const held = await store.hold(path, encodeRecord(first), { exclusive: true }).catch((error: unknown) => {
        throw occupied(error, service, first)
      })
      const draining = drainingPath(service, first)
      await goodbyes.get(draining)?.[Symbol.asyncDispose]()
      goodbyes.delete(draining)
      let record = first
      let ended: Promise<void> | undefined
      return {
        get record() {
          return record
        },
        async update(change) {
          const next = providerRecord({ ...record, ...change })
          if (next.id !== record.id) throw new TypeError(`address ${record.id} cannot become ${next.id}; register anew`)
          record = next
          await held.update(encodeRecord(next))
        },
        async [Symbol.asyncDispose]() {
          ended ??= (async () => {
            try {
              if (store.session.current !== 'connected') throw new Error(`the registry is ${store.session.current}`)
              goodbyes.set(draining, await store.hold(draining, encodeGoodbye(record)))
            } catch (error) {
              logger.warn({ path: draining, error }, `could not announce the goodbye of ${printable(record.id)}`)
            }
            await held[Symbol.asyncDispose]()
          })()
          await ended
        },
      }
    },
  }
}

function occupied(error: unknown, { app, group }: ServiceKey, { id }: ProviderRecord): unknown {
  if (!(RpcError.is(error) && error.code === 'already_exists')) return error
  const message = `another provider of ${app}/${group} is alive at ${id} (${error.message}); advertise another host or port, or stop that one`
  return new RpcError('already_exists', message, { outcome: 'not-run', cause: error })
}
