import {
  Cell,
  type Entry,
  type Revision,
  RpcError,
  type SessionState,
  sleep,
  uniqueId,
  type WriteOptions,
} from '@kumquat/core'
import type { Backend, ClaimMode } from '../backend.ts'
import { changedMeanwhile, hasChildren, heldByAnother, storeClosed } from '../refusals.ts'
import { Changes } from './changes.ts'
import type { Client } from './client.ts'
import { Connection, type ConnectionOptions, type Surroundings } from './connection.ts'
import { heartbeat } from './heartbeat.ts'
import { Hints } from './hints.ts'
import { channelOf, entryOf, revisionOf } from './keys.ts'
import { DELETE, GET, LIST, PUT } from './scripts/entries.ts'
import { CLAIM, RELEASE } from './scripts/holding.ts'
import { BEAT, END, OPEN } from './scripts/sessions.ts'
import { before } from './waiting.ts'

export interface RedisBackendOptions {
  readonly connection: ConnectionOptions
  readonly sessionTimeoutMs: number
}

const LOOK_AGAIN_MS = 200
const CLOSE_MS = 1_000
/** How often one claim opens the session again: a server that forgets it each time is of no use. */
const REOPENINGS = 3

/** Redis, by scripts: each operation is one of them, and therefore whole. */
export class RedisBackend implements Backend {
  readonly session: Cell<SessionState> = new Cell<SessionState>('suspended')
  readonly #surroundings: Surroundings
  readonly #sessionTimeoutMs: number
  readonly #restored: () => Promise<void>
  readonly #connection: Connection
  readonly #tree: string
  readonly #hints: Hints
  readonly #changes: Changes
  readonly #id = uniqueId()
  #epoch = 0
  /** Whether a session has ended of which that was not said yet. */
  #over = false
  #heartbeat: Disposable | undefined
  #reopening: Promise<void> | undefined
  #restorations = 0

  constructor(
    { connection, sessionTimeoutMs }: RedisBackendOptions,
    surroundings: Surroundings,
    restored: () => Promise<void>,
  ) {
    this.#surroundings = surroundings
    this.#sessionTimeoutMs = sessionTimeoutMs
    this.#restored = restored
    this.#connection = new Connection(connection, surroundings, {
      greet: (client, epoch) => this.#greet(client, epoch),
      up: (client) => this.#up(client),
      down: () => this.#down(),
      heard: (channel, message) => this.#hints.heard(channel, message),
    })
    this.#tree = connection.client.tree
    this.#hints = new Hints(surroundings.logger)
    this.#changes = new Changes(this.#connection, surroundings.clock)
    this.#connection.open()
  }

  async get(path: string): Promise<Entry | undefined> {
    const found = (await this.#connection.run(GET, () => [path], { repeatable: true })) as Found | null
    return found ? entryOf(path, found[0], found[1]) : undefined
  }

  async holds(path: string, value: string): Promise<boolean> {
    const found = (await this.#connection.run(GET, () => [path], { repeatable: true })) as Found | null
    return found?.[0] === value && found[2] === this.#id
  }

  async list(path: string): Promise<readonly Entry[]> {
    const flat = (await this.#connection.run(LIST, () => [path], { repeatable: true })) as string[]
    const parent = path === '/' ? '' : path
    const entries: Entry[] = []
    for (let i = 0; i + 2 < flat.length; i += 3) {
      const [name = '', value = '', number = ''] = flat.slice(i, i + 3)
      entries.push(entryOf(`${parent}/${name}`, value, number))
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async put(path: string, value: string, options: WriteOptions): Promise<Revision> {
    const args = [path, value, expectedBy(options)]
    const number = (await this.#connection.run(PUT, () => args, { repeatable: false })) as string | null
    if (number === null) throw changedMeanwhile(path)
    return revisionOf(number, value)
  }

  async delete(path: string, options: WriteOptions): Promise<void> {
    const answer = await this.#connection.run(DELETE, () => [path, expectedBy(options)], { repeatable: false })
    if (answer === 'changed') throw changedMeanwhile(path)
    if (answer === 'children') throw hasChildren(path)
  }

  /** Who holds the path is alive if he shows another sign of life; if he shows none, his time ends, and it is free. */
  async claim(path: string, value: string, how: ClaimMode): Promise<void> {
    let first: readonly string[] | undefined
    for (let losses = 0; ; ) {
      const args = (): string[] => [...this.#session(), path, value, how === 'replace' ? 'yes' : 'no']
      const answer = await this.#connection.run(CLAIM, args, { repeatable: true })
      const [outcome, ...holding] = answer as Claimed
      if (outcome === 'done') return
      if (outcome === 'lost') {
        losses += 1
        if (losses > REOPENINGS) throw sessionOver()
        await this.#reopen()
      } else if (how === 'keep' || (first ?? holding).join() !== holding.join()) {
        throw heldByAnother(path, `session ${holding[0]}`)
      } else {
        first ??= holding
        await sleep(this.#surroundings.clock, LOOK_AGAIN_MS)
      }
    }
  }

  async release(path: string): Promise<void> {
    // Whoever stops shall not wait for a line that is down: the session's end, or the line's return, does the same.
    if (!this.#connection.isUp) throw new RpcError('unavailable', 'no connection to Redis', { outcome: 'not-run' })
    const answer = await this.#connection.run(RELEASE, () => [...this.#session(), path], { repeatable: false })
    if (answer === 'lost') throw sessionOver()
  }

  observe(path: string, changed: () => void): Disposable {
    const hints = this.#hints.listen(channelOf(this.#tree, path), changed)
    const changes = this.#changes.observe(path, changed)
    return {
      [Symbol.dispose]() {
        hints[Symbol.dispose]()
        changes[Symbol.dispose]()
      },
    }
  }

  /** By hints alone: what they miss is for the audit. */
  observeEntry(path: string, changed: () => void): Disposable {
    const at = path.lastIndexOf('/')
    const name = path.slice(at + 1)
    return this.#hints.listen(channelOf(this.#tree, path.slice(0, at) || '/'), (changedName) => {
      if (changedName === name) changed()
    })
  }

  async close(): Promise<void> {
    this.session.set('closed')
    this.#heartbeat?.[Symbol.dispose]()
    if (this.#connection.isUp) {
      const { clock } = this.#surroundings
      const end = this.#connection.run(END, () => [this.#id], { repeatable: false })
      // Without an answer, the session ends by its time-out.
      await before(clock.now() + CLOSE_MS, clock, end).catch(() => {})
    }
    this.#connection.close()
  }

  async #greet(client: Client, epoch: number): Promise<void> {
    this.#epoch = epoch
    const opened = (await client.run(OPEN, [...this.#session(), String(this.#sessionTimeoutMs)])) as Opened
    this.#opened(opened)
  }

  #opened([kept, last]: Opened): void {
    if (kept === 0) this.#over = true
    this.#changes.begin(last)
  }

  #up(client: Client): void {
    this.#heartbeat = heartbeat({
      clock: this.#surroundings.clock,
      sessionTimeoutMs: this.#sessionTimeoutMs,
      beat: () => this.#beat(),
      lost: () => void this.#reopen().catch(() => {}),
      silent: () => this.#connection.reset('no answer to the last signs of life'),
    })
    this.#hints.up(client)
    void this.#restore()
  }

  #down(): void {
    this.#hints.down()
    this.#heartbeat?.[Symbol.dispose]()
    if (this.session.current === 'connected') this.session.set('suspended')
  }

  async #beat(): Promise<boolean | undefined> {
    try {
      const args = (): string[] => [...this.#session(), String(this.#sessionTimeoutMs)]
      return (await this.#connection.run(BEAT, args, { repeatable: false })) === 1
    } catch {
      return undefined
    }
  }

  /** The session is over, the connection is not: opens it again. What was held is made again behind that. */
  #reopen(): Promise<void> {
    this.#reopening ??= (async () => {
      try {
        const args = (): string[] => [...this.#session(), String(this.#sessionTimeoutMs)]
        this.#opened((await this.#connection.run(OPEN, args, { repeatable: true })) as Opened)
        void this.#restore()
      } finally {
        this.#reopening = undefined
      }
    })()
    return this.#reopening
  }

  async #restore(): Promise<void> {
    this.#restorations += 1
    const restoration = this.#restorations
    // The first session is new, and nothing of it is lost.
    if (this.#over && restoration > 1) this.#set('lost')
    this.#over = false
    await this.#restored()
    if (restoration === this.#restorations && this.#connection.isUp) this.#set('connected')
  }

  #set(state: SessionState): void {
    if (this.session.current !== 'closed') this.session.set(state)
  }

  /** What a script needs to know that it is us, over the connection of now. */
  #session(): string[] {
    if (this.session.current === 'closed') throw storeClosed()
    return [this.#id, String(this.#epoch)]
  }
}

type Found = readonly [value: string, number: string, holder: string]
type Opened = readonly [kept: number, last: string]
type Claimed = readonly ['done'] | readonly ['lost'] | readonly ['held', holder: string, ends: string]

const sessionOver = (): RpcError =>
  new RpcError('unavailable', 'the session in Redis is over, and another is on its way', { outcome: 'not-run' })

const expectedBy = ({ ifRevision }: WriteOptions): string => (ifRevision === undefined ? 'any' : (ifRevision ?? 'none'))
