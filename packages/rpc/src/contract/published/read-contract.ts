import { RpcError, type Store } from '@kumquat/core'
import { contractPath } from '@kumquat/registry'
import type { ContractDocument } from './contract-document.ts'
import { contractHash } from './contract-hash.ts'
import { parseContract, type UnreadableContract } from './parse-contract.ts'

/**
 * The contract that stands in a registry under a hash, as records name it in `contract`; undefined if there is none. Rejects with
 * `RpcError` `data_loss` when what stands there is no contract, or another one: the registry is input from outside.
 *
 * @throws TypeError when `hash` is no hash.
 */
export async function readContract(store: Store, hash: string): Promise<ContractDocument | undefined> {
  const path = contractPath(hash)
  const entry = await store.get(path)
  if (entry === undefined || entry.value === '') return undefined
  const read = verified(entry.value, hash)
  if (!('unreadable' in read)) return read
  const message = `what stands at ${path} cannot be used: ${read.unreadable}; delete it, and the next provider that starts writes it anew`
  throw new RpcError('data_loss', message, { outcome: 'not-run' })
}

/** Reads a contract that must have this hash. */
export function verified(text: string, hash: string): ContractDocument | UnreadableContract {
  const read = parseContract(text)
  if ('unreadable' in read) return read
  return contractHash(JSON.parse(text)) === hash ? read : { unreadable: 'it has another hash than its name says' }
}
