import { type Clock, type Logger, RpcError, type Store } from '@kumquat/core'
import { contractPath } from '@kumquat/registry'
import { bounded } from '../../waiting/bounded.ts'
import { MAX_CONTRACT_BYTES } from './parse-contract.ts'
import type { PublishedContract } from './published-contract.ts'
import { verified } from './read-contract.ts'

export interface PublishOptions {
  readonly store: Store
  /** Bound of the whole. */
  readonly timeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Writes contracts where no provider has yet. What stands there is never written over: contracts are shared. Never rejects:
 * a service works without its contract being public, so that what goes wrong is a warning.
 */
export async function publishContracts(
  contracts: readonly PublishedContract[],
  options: PublishOptions,
): Promise<void> {
  const { store, timeoutMs: ms, clock, logger } = options
  const otherwise = (): Error => new Error(`the registry did not answer within ${ms} ms`)
  const publishing = contracts.map(async (contract) => {
    const { hash, gaps, document } = contract
    const service = `${document.app}/${document.group}`
    for (const gap of gaps) logger.debug({ service, gap }, `the published contract of ${service} lacks ${gap}`)
    try {
      await bounded(publish(contract, store), { clock, ms, otherwise })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      logger.warn({ service, hash, error }, `the contract of ${service} is not published: ${reason}`)
    }
  })
  await Promise.all(publishing)
}

async function publish({ hash, text }: PublishedContract, store: Store): Promise<void> {
  const bytes = Buffer.byteLength(text)
  if (bytes > MAX_CONTRACT_BYTES)
    throw new RangeError(`its ${bytes} bytes are above the limit of ${MAX_CONTRACT_BYTES}; divide the service`)
  const path = contractPath(hash)
  const there = await store.get(path)
  if (there !== undefined && there.value !== '') {
    const read = verified(there.value, hash)
    if ('unreadable' in read) throw new Error(`what stands at ${path} cannot be used: ${read.unreadable}; delete it`)
    return
  }
  await store.put(path, text, { ifRevision: there?.revision ?? null }).catch((error: unknown) => {
    // Another provider was faster, with the same.
    if (!(RpcError.is(error) && error.code === 'aborted')) throw error
  })
}
