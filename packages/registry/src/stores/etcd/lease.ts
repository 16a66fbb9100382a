import type { Clock, Logger } from '@kumquat/core'
import { storeClosed } from '../refusals.ts'
import { isFailure, NOT_FOUND } from './failures.ts'
import type { CallOptions, Gateway } from './gateway.ts'

export interface LeaseListener {
  /** There is a new lease, or the one of before has answered again after `suspended`. */
  stands(): void
  /** The servers do not answer; what is held may still stand. */
  suspended(): void
  /** What was held is over, or cannot be known to stand any more. */
  lost(): void
}

const RETRY_MS = 250
const OURS = 8

/**
 * A lease without end: kept alive every third of its time, and replaced when it has run out on the server, or when its last
 * keep-alive was answered longer ago than it lasts. That second clock is ours alone: on a line that is half open nobody
 * says that the lease is over.
 */
export class Lease {
  readonly #gateway: Gateway
  readonly #askedTtlMs: number
  readonly #clock: Clock
  readonly #logger: Logger
  readonly #listener: LeaseListener
  #id: string | undefined
  #ttlMs: number
  /** Our leases of before, the youngest first. They may still live, and things may still stand in their name. */
  #former: readonly string[] = []
  #trouble: unknown
  #up = false
  #closed = false
  #beating: Promise<void> | undefined
  #next: Disposable | undefined
  #deadline: Disposable | undefined

  constructor(gateway: Gateway, ttlMs: number, clock: Clock, logger: Logger, listener: LeaseListener) {
    this.#gateway = gateway
    this.#askedTtlMs = ttlMs
    this.#ttlMs = ttlMs
    this.#clock = clock
    this.#logger = logger
    this.#listener = listener
  }

  /** The lease of now, if there is one. */
  get id(): string | undefined {
    return this.#id
  }

  /** Why there is none, as far as it is known. */
  get trouble(): unknown {
    return this.#closed ? storeClosed() : this.#trouble
  }

  /** Whether it has answered lately. */
  get isUp(): boolean {
    return this.#up
  }

  isOurs(id: string): boolean {
    return id === this.#id || this.#former.includes(id)
  }

  /** Looks at once whether it still stands, or grants it. Never rejects. */
  check(): Promise<void> {
    if (this.#closed) return Promise.resolve()
    this.#beating ??= this.#beat().finally(() => {
      this.#beating = undefined
    })
    return this.#beating
  }

  /** Etcd said that there is no such lease. */
  isGone(id: string): void {
    if (id !== this.#id) return
    this.#lose()
    void this.check()
  }

  /** Ends the leases of before. Only to be called when nothing that is wanted stands in their name. Never rejects. */
  async endFormer(): Promise<void> {
    await Promise.all(this.#former.map((id) => this.#revoke(id)))
  }

  /** Ends what is held at once, if a server can be reached. Never rejects. */
  async close(): Promise<void> {
    this.#closed = true
    this.#next?.[Symbol.dispose]()
    this.#deadline?.[Symbol.dispose]()
    if (this.#id !== undefined) await this.#revoke(this.#id)
  }

  async #beat(): Promise<void> {
    this.#next?.[Symbol.dispose]()
    try {
      if (this.#id !== undefined) await this.#keepAlive(this.#id)
      if (this.#id === undefined) await this.#grant()
    } catch (error) {
      this.#suspend(error)
    }
    if (this.#closed) return
    this.#next = this.#clock.after(this.#up ? this.#ttlMs / 3 : RETRY_MS, () => void this.check())
  }

  async #keepAlive(id: string): Promise<void> {
    const sentAt = this.#clock.now()
    const { result } = await this.#gateway.call('lease/keepalive', { ID: id }, this.#urgent())
    if (id !== this.#id || this.#closed) return
    if (Number(result?.TTL ?? 0) > 0) this.#answered(sentAt)
    else this.#lose()
  }

  async #grant(): Promise<void> {
    if (this.#closed) return
    const sentAt = this.#clock.now()
    const asked = String(Math.ceil(this.#askedTtlMs / 1_000))
    const { ID, TTL } = await this.#gateway.call('lease/grant', { TTL: asked }, this.#urgent())
    if (!ID || !(Number(TTL) > 0)) throw new Error('etcd granted a lease without a name or without time')
    this.#id = ID
    this.#ttlMs = Number(TTL) * 1_000
    this.#answered(sentAt)
  }

  /** The time of the lease began with the question at the earliest. */
  #answered(sentAt: number): void {
    if (this.#closed) return
    this.#deadline?.[Symbol.dispose]()
    const leftMs = sentAt + this.#ttlMs - this.#clock.now()
    this.#deadline = this.#clock.after(leftMs, () => this.#id !== undefined && this.isGone(this.#id))
    this.#trouble = undefined
    if (this.#up) return
    this.#up = true
    this.#listener.stands()
  }

  #suspend(error: unknown): void {
    if (this.#closed) return
    if (this.#trouble === undefined)
      this.#logger.warn({ error }, 'the lease in etcd cannot be kept alive; trying again')
    this.#trouble = error
    this.#up = false
    this.#listener.suspended()
  }

  #lose(): void {
    if (this.#id === undefined || this.#closed) return
    this.#deadline?.[Symbol.dispose]()
    this.#logger.warn({ lease: this.#id }, 'the lease in etcd is over; all that is held is made again with another')
    this.#former = [this.#id, ...this.#former].slice(0, OURS)
    this.#id = undefined
    this.#up = false
    this.#listener.lost()
  }

  async #revoke(id: string): Promise<void> {
    try {
      await this.#gateway.call('lease/revoke', { ID: id }, this.#urgent())
    } catch (error) {
      if (!isFailure(error, NOT_FOUND)) return
    }
    this.#former = this.#former.filter((other) => other !== id)
  }

  #urgent(): CallOptions {
    return { urgent: true, timeoutMs: Math.min(this.#gateway.operationTimeoutMs, this.#ttlMs / 3) }
  }
}
