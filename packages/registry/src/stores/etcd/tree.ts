import type { Entry, Logger, Revision, WriteOptions } from '@kumquat/core'
import { changedMeanwhile, hasChildren } from '../refusals.ts'
import type { Compare, Step } from './api.ts'
import { entryOf, revisionIn, VIRTUAL } from './entries.ts'
import type { Gateway } from './gateway.ts'
import { base64, type Keys } from './keys.ts'
import { type Listing, list } from './listing.ts'

/** The persistent half of the store: each operation is one transaction of etcd. */
export class Tree {
  readonly #gateway: Gateway
  readonly #keys: Keys
  readonly #logger: Logger

  constructor(gateway: Gateway, keys: Keys, logger: Logger) {
    this.#gateway = gateway
    this.#keys = keys
    this.#logger = logger
  }

  async get(path: string): Promise<Entry | undefined> {
    const answer = await this.#gateway.call('kv/txn', { success: this.#look(path) }, { repeatable: true })
    revisionIn(answer)
    const [own, below] = answer.responses?.map(({ response_range }) => response_range?.kvs?.[0]) ?? []
    if (own) return entryOf(path, own)
    return below || path === '/' ? { ...entryOf(path, { key: '' }), revision: VIRTUAL } : undefined
  }

  list(path: string): Promise<Listing> {
    return list(this.#gateway, this.#keys, path, this.#logger)
  }

  async put(path: string, value: string, { ifRevision }: WriteOptions): Promise<Revision> {
    const answer = await this.#gateway.call('kv/txn', {
      compare: this.#expected(path, ifRevision),
      success: [{ request_put: { key: this.#keys.of(path), value: base64(value) } }],
    })
    const revision = revisionIn(answer)
    if (!answer.succeeded) throw changedMeanwhile(path)
    return String(revision)
  }

  async delete(path: string, { ifRevision }: WriteOptions): Promise<void> {
    const key = this.#keys.of(path)
    const answer = await this.#gateway.call(
      'kv/txn',
      {
        compare: [...this.#expected(path, ifRevision), this.#childless(path)],
        success: [{ request_delete_range: { key } }],
        failure: this.#look(path),
      },
      { repeatable: ifRevision === undefined },
    )
    revisionIn(answer)
    if (answer.succeeded) return
    const [own, below] = answer.responses?.map(({ response_range }) => response_range?.kvs?.[0]) ?? []
    const revision = own?.mod_revision ?? (below ? VIRTUAL : null)
    if (ifRevision !== undefined && ifRevision !== revision) throw changedMeanwhile(path)
    throw hasChildren(path)
  }

  /** The entry itself, and something below it. */
  #look(path: string): readonly Step[] {
    return [
      { request_range: { key: this.#keys.of(path) } },
      { request_range: { ...this.#keys.below(path), limit: '1', keys_only: true } },
    ]
  }

  #expected(path: string, revision: Revision | null | undefined): readonly Compare[] {
    if (revision === undefined) return []
    const key = this.#keys.of(path)
    const at = (mod_revision: string): Compare => ({ key, target: 'MOD', result: 'EQUAL', mod_revision })
    if (revision === null) return [at('0'), this.#childless(path)]
    if (!/^\d{1,18}$/.test(revision)) throw changedMeanwhile(path)
    return revision === VIRTUAL ? [at('0'), this.#below(path, 'GREATER')] : [at(revision)]
  }

  #childless(path: string): Compare {
    return this.#below(path, 'EQUAL')
  }

  /** Every key below `path` was made at a revision above 0, unless there is none. */
  #below(path: string, result: Compare['result']): Compare {
    return { ...this.#keys.below(path), target: 'CREATE', result, create_revision: '0' }
  }
}
