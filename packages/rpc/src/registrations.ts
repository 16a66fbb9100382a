import { type Clock, formatServiceKey, type ProviderRecord, RpcError, type ServiceKey } from '@kumquat/core'
import type { Registrar, Registration } from '@kumquat/registry'
import { bounded } from './bounded.ts'

export interface RegisterAllOptions {
  readonly registrar: Registrar
  readonly records: readonly { readonly service: ServiceKey; readonly record: ProviderRecord }[]
  /** Bound of the whole. */
  readonly timeoutMs: number
  /** The registry, for people. */
  readonly registryName: string
  readonly clock: Clock
}

/** Registers every service, or none: what was done when one fails, or succeeds too late, is undone. */
export async function registerAll(options: RegisterAllOptions): Promise<readonly Registration[]> {
  const { registrar, records, timeoutMs, registryName, clock } = options
  const attempts = records.map(({ service, record }) => registrar.register(service, record))
  const otherwise = (): Error => new Error(`no answer within ${timeoutMs} ms`)
  try {
    return await bounded(Promise.all(attempts), { clock, ms: timeoutMs, otherwise })
  } catch (error) {
    for (const attempt of attempts) attempt.then((made) => made[Symbol.asyncDispose]()).catch(() => {})
    if (RpcError.is(error) && error.code !== 'unavailable') throw error
    const names = records.map(({ service }) => formatServiceKey(service)).join(', ')
    const reason = error instanceof Error ? error.message : String(error)
    throw new RpcError(
      'unavailable',
      `${names} could not be registered in ${registryName}: ${reason}; see that it runs and can be reached`,
      { outcome: 'not-run', cause: error },
    )
  }
}
