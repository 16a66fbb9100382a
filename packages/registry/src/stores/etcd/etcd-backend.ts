import {
  Cell,
  type Clock,
  type Entry,
  type Logger,
  type Revision,
  RpcError,
  type SessionState,
  type WriteOptions,
} from '@kumquat/core'
import type { Backend, ClaimMode } from '../backend.ts'
import { Claims } from './claims.ts'
import { explained } from './failures.ts'
import { Gateway, type GatewayOptions } from './gateway.ts'
import { Keys } from './keys.ts'
import { Lease } from './lease.ts'
import { Tree } from './tree.ts'
import { entryName, WatchStream } from './watch-stream.ts'

export interface EtcdSetting extends GatewayOptions {
  readonly root: string
  readonly leaseTtlMs: number
}

/** Etcd, by one lease for what is held and one stream for what is observed. */
export class EtcdBackend implements Backend {
  readonly session: Cell<SessionState> = new Cell<SessionState>('suspended')
  readonly #gateway: Gateway
  readonly #lease: Lease
  readonly #tree: Tree
  readonly #claims: Claims
  readonly #stream: WatchStream
  readonly #restored: () => Promise<void>
  readonly #observers = new Map<string, Set<() => void>>()
  #restorations = 0

  constructor(setting: EtcdSetting, clock: Clock, logger: Logger, restored: () => Promise<void>) {
    this.#restored = restored
    const keys = new Keys(setting.root)
    this.#gateway = new Gateway(setting, clock, logger)
    this.#lease = new Lease(this.#gateway, setting.leaseTtlMs, clock, logger, {
      stands: () => void this.#restore(),
      suspended: () => this.session.current === 'connected' && this.session.set('suspended'),
      lost: () => this.session.set('lost'),
    })
    this.#tree = new Tree(this.#gateway, keys, logger)
    this.#claims = new Claims(this.#gateway, keys, this.#lease, clock, logger)
    this.#stream = new WatchStream(this.#gateway, keys, clock, logger, {
      changed: (names) => this.#changed(names),
      lostTrack: () => this.#changed(new Set(this.#observers.keys())),
      broke: () => void this.#lease.check(),
    })
    void this.#lease.check()
  }

  get(path: string): Promise<Entry | undefined> {
    return explained(path, this.#tree.get(path))
  }

  async list(path: string): Promise<readonly Entry[]> {
    const { entries, revision } = await explained(path, this.#tree.list(path))
    this.#read(path, revision)
    return entries
  }

  put(path: string, value: string, options: WriteOptions): Promise<Revision> {
    return explained(path, this.#tree.put(path, value, options))
  }

  delete(path: string, options: WriteOptions): Promise<void> {
    return explained(path, this.#tree.delete(path, options))
  }

  async claim(path: string, value: string, how: ClaimMode): Promise<void> {
    const revision = await explained(path, this.#claims.claim(path, value, how))
    if (this.session.current !== 'closed') this.#stream.read(entryName(path), revision)
  }

  async release(path: string): Promise<void> {
    // Whoever stops shall not wait for a line that is down: the end of the lease, or the line's return, does the same.
    if (!this.#lease.isUp) throw new RpcError('unavailable', 'no connection to etcd', { outcome: 'not-run' })
    await explained(path, this.#claims.release(path))
    this.#stream.forget(entryName(path))
  }

  async holds(path: string, value: string): Promise<boolean> {
    const { holds, revision } = await explained(path, this.#claims.holds(path, value))
    this.#read(entryName(path), revision)
    return holds
  }

  observe(path: string, changed: () => void): Disposable {
    return this.#observe(path, changed)
  }

  observeEntry(path: string, changed: () => void): Disposable {
    return this.#observe(entryName(path), changed)
  }

  async close(): Promise<void> {
    this.session.set('closed')
    this.#stream.close()
    await Promise.all([this.#gateway.refuse(), this.#lease.close()])
    await this.#gateway.close()
  }

  #observe(name: string, changed: () => void): Disposable {
    const observers = this.#observers.get(name) ?? new Set()
    this.#observers.set(name, observers.add(changed))
    return {
      [Symbol.dispose]: () => {
        if (!observers.delete(changed) || observers.size > 0) return
        this.#observers.delete(name)
        this.#stream.forget(name)
      },
    }
  }

  #read(name: string, revision: number): void {
    if (this.#observers.has(name)) this.#stream.read(name, revision)
  }

  #changed(names: ReadonlySet<string>): void {
    for (const name of names) for (const changed of [...(this.#observers.get(name) ?? [])]) changed()
  }

  async #restore(): Promise<void> {
    this.#restorations += 1
    const restoration = this.#restorations
    await this.#restored()
    if (restoration !== this.#restorations || !this.#lease.isUp || this.session.current === 'closed') return
    this.session.set('connected')
    await this.#lease.endFormer()
  }
}
