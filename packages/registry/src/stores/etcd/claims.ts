import { type Clock, type Logger, RpcError, sleep } from '@kumquat/core'
import { printable } from '../../printable.ts'
import type { ClaimMode } from '../backend.ts'
import { heldByAnother } from '../refusals.ts'
import type { KeyValue, Step } from './api.ts'
import { revisionIn } from './entries.ts'
import { isFailure, NOT_FOUND } from './failures.ts'
import type { Gateway } from './gateway.ts'
import { base64, type Keys } from './keys.ts'
import type { Lease } from './lease.ts'

const NO_LEASE = 'etcd has granted no lease yet; is it running?'
/** How often it begins anew when another client comes between looking and writing. */
const TRIES = 20
const LOOK_AGAIN_MS = 200
/** A lease that has run out is removed within a second. */
const LATE_MS = 1_500

/** The ephemeral half of the store: entries in the name of our lease. */
export class Claims {
  readonly #gateway: Gateway
  readonly #keys: Keys
  readonly #lease: Lease
  readonly #clock: Clock
  readonly #logger: Logger

  constructor(gateway: Gateway, keys: Keys, lease: Lease, clock: Clock, logger: Logger) {
    this.#gateway = gateway
    this.#keys = keys
    this.#lease = lease
    this.#clock = clock
    this.#logger = logger
  }

  /** Resolves with a revision at which the entry stood. */
  async claim(path: string, value: string, how: ClaimMode): Promise<number> {
    const key = this.#keys.of(path)
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const lease = await this.#leaseOfNow()
      const { found, revision } = await this.#find(key)
      if (found?.lease === lease && (found.value ?? '') === base64(value)) return revision
      if (how !== 'replace') await this.#mayReplace(path, found, how)
      const put: Step = { request_put: { key, value: base64(value), lease } }
      const done = await this.#unlessChanged(key, found, put).catch((error: unknown) => {
        if (!isFailure(error, NOT_FOUND)) throw error
        this.#lease.isGone(lease)
        return undefined
      })
      // What was written in the name of a lease that is over by now does not last.
      if (done !== undefined && lease === this.#lease.id) return done
    }
    throw restless(path)
  }

  async release(path: string): Promise<void> {
    const key = this.#keys.of(path)
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const { found } = await this.#find(key)
      if (!found?.lease || !this.#lease.isOurs(found.lease)) return
      const done = await this.#unlessChanged(key, found, { request_delete_range: { key } })
      if (done !== undefined) return
    }
    throw restless(path)
  }

  /** Whether the entry stands in our name, with this value, and as of which revision. */
  async holds(path: string, value: string): Promise<{ readonly holds: boolean; readonly revision: number }> {
    const { found, revision } = await this.#find(this.#keys.of(path))
    const isOurs = found?.lease !== undefined && found.lease === this.#lease.id
    return { holds: isOurs && (found.value ?? '') === base64(value), revision }
  }

  async #find(key: string): Promise<{ readonly found: KeyValue | undefined; readonly revision: number }> {
    const answer = await this.#gateway.call('kv/range', { key }, { repeatable: true })
    return { found: answer.kvs?.[0], revision: revisionIn(answer) }
  }

  /** The revision at which it was done, if it was. */
  async #unlessChanged(key: string, found: KeyValue | undefined, step: Step): Promise<number | undefined> {
    const compare = { key, target: 'MOD', result: 'EQUAL', mod_revision: found?.mod_revision ?? '0' } as const
    const answer = await this.#gateway.call('kv/txn', { compare: [compare], success: [step] }, { repeatable: true })
    const revision = revisionIn(answer)
    return answer.succeeded ? revision : undefined
  }

  async #leaseOfNow(): Promise<string> {
    const until = this.#clock.now() + this.#gateway.operationTimeoutMs
    for (;;) {
      const { id, trouble } = this.#lease
      if (id !== undefined) return id
      const isPassing = trouble === undefined || (RpcError.is(trouble) && trouble.code === 'unavailable')
      if (!isPassing) throw trouble
      if (this.#clock.now() >= until) throw trouble ?? new RpcError('unavailable', NO_LEASE, { outcome: 'not-run' })
      await sleep(this.#clock, LOOK_AGAIN_MS / 4)
    }
  }

  /**
   * Resolves once it is certain that nobody alive holds the entry. A lease whose time goes up again is alive; one that
   * was not seen to do so is if it outlasts its own time.
   */
  async #mayReplace(path: string, { lease: ID }: Partial<KeyValue> = {}, how: ClaimMode): Promise<void> {
    if (!ID || this.#lease.isOurs(ID)) return
    const since = this.#clock.now()
    for (let before = Number.POSITIVE_INFINITY; ; ) {
      const answer = await this.#gateway.call('lease/timetolive', { ID }, { repeatable: true })
      const left = Number(answer.TTL ?? 0)
      if (left < 0) return
      const patienceMs = Number(answer.grantedTTL ?? 0) * 1_000 + LATE_MS
      const isAlive = left > before || this.#clock.now() - since >= patienceMs
      if (isAlive || how === 'keep') throw heldByAnother(path, `the lease ${ID}`)
      if (before === Number.POSITIVE_INFINITY) {
        this.#logger.info({ path, lease: ID, patienceMs }, `waiting for ${printable(path)}: left behind, or in use?`)
      }
      before = left
      await sleep(this.#clock, LOOK_AGAIN_MS)
    }
  }
}

const restless = (path: string): RpcError =>
  new RpcError('aborted', `${printable(path)} was written by others each time it was about to be; who fights for it?`)
