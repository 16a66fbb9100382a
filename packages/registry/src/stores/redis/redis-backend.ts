import {
  type Entry,
  type Live,
  type Revision,
  RpcError,
  type SessionState,
  sleep,
  type WriteOptions,
} from '@kumquat/core'
import type { Backend, ClaimMode } from '../backend.ts'
import { changedMeanwhile, hasChildren, heldByAnother } from '../refusals.ts'
import { Changes } from './changes.ts'
import type { Surroundings } from './connection.ts'
import { Hints } from './hints.ts'
import { channelOf, entryOf, revisionOf } from './keys.ts'
import { RedisSession, type SessionOptions } from './redis-session.ts'
import { DELETE, GET, LIST, PUT } from './scripts/entries.ts'
import { CLAIM, RELEASE } from './scripts/holding.ts'
import type { Script } from './scripts/script.ts'

const LOOK_AGAIN_MS = 200
/** How often one claim opens the session again: a server that forgets it each time is of no use. */
const REOPENINGS = 3

/** Redis, by scripts: each operation is one of them, and therefore whole. */
export class RedisBackend implements Backend {
  readonly #surroundings: Surroundings
  readonly #tree: string
  readonly #session: RedisSession
  readonly #hints: Hints
  readonly #changes: Changes

  constructor(options: SessionOptions, surroundings: Surroundings, restored: () => Promise<void>) {
    this.#surroundings = surroundings
    this.#tree = options.connection.client.tree
    this.#hints = new Hints(surroundings.logger)
    this.#session = new RedisSession(options, surroundings, {
      opened: (last) => this.#changes.begin(last),
      restored,
      up: (client) => this.#hints.up(client),
      down: () => this.#hints.down(),
      heard: (channel, message) => this.#hints.heard(channel, message),
    })
    this.#changes = new Changes(this.#session.connection, surroundings.clock)
    this.#session.begin()
  }

  get session(): Live<SessionState> {
    return this.#session.state
  }

  async get(path: string): Promise<Entry | undefined> {
    const found = await this.#find(path)
    return found ? entryOf(path, found[0], found[1]) : undefined
  }

  async holds(path: string, value: string): Promise<boolean> {
    const found = await this.#find(path)
    return found?.[0] === value && found[2] === this.#session.id
  }

  async list(path: string): Promise<readonly Entry[]> {
    const flat = (await this.#read(LIST, path)) as readonly string[]
    const parent = path === '/' ? '' : path
    const entries: Entry[] = []
    for (let i = 0; i + 2 < flat.length; i += 3) {
      const [name = '', value = '', number = ''] = flat.slice(i, i + 3)
      entries.push(entryOf(`${parent}/${name}`, value, number))
    }
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  async put(path: string, value: string, options: WriteOptions): Promise<Revision> {
    const number = (await this.#write(PUT, path, value, expectedBy(options))) as string | null
    if (number === null) throw changedMeanwhile(path)
    return revisionOf(number, value)
  }

  async delete(path: string, options: WriteOptions): Promise<void> {
    const answer = await this.#write(DELETE, path, expectedBy(options))
    if (answer === 'changed') throw changedMeanwhile(path)
    if (answer === 'children') throw hasChildren(path)
  }

  /** Who holds the path is alive if he shows another sign of life; if he shows none, his time ends, and it is free. */
  async claim(path: string, value: string, how: ClaimMode): Promise<void> {
    const { connection } = this.#session
    const args = (): string[] => [...this.#session.proof(), path, value, how === 'replace' ? 'yes' : 'no']
    let first: readonly string[] | undefined
    for (let losses = 0; ; ) {
      const [outcome, ...holding] = (await connection.run(CLAIM, args, { repeatable: true })) as Claimed
      if (outcome === 'done') return
      if (outcome === 'lost') {
        losses += 1
        if (losses > REOPENINGS) throw sessionOver()
        await this.#session.reopen()
      } else if (how === 'keep' || (first ?? holding).join() !== holding.join()) {
        throw heldByAnother(path, `session ${holding[0]}`)
      } else {
        first ??= holding
        await sleep(this.#surroundings.clock, LOOK_AGAIN_MS)
      }
    }
  }

  async release(path: string): Promise<void> {
    const { connection } = this.#session
    // Whoever stops shall not wait for a line that is down: the session's end, or the line's return, does the same.
    if (!connection.isUp) throw new RpcError('unavailable', 'no connection to Redis', { outcome: 'not-run' })
    const answer = await connection.run(RELEASE, () => [...this.#session.proof(), path], { repeatable: false })
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

  close(): Promise<void> {
    return this.#session.close()
  }

  async #find(path: string): Promise<Found | null> {
    return (await this.#read(GET, path)) as Found | null
  }

  #read(script: Script, path: string): Promise<unknown> {
    return this.#session.connection.run(script, () => [path], { repeatable: true })
  }

  #write(script: Script, ...args: readonly string[]): Promise<unknown> {
    return this.#session.connection.run(script, () => args, { repeatable: false })
  }
}

type Found = readonly [value: string, number: string, holder: string]
type Claimed = readonly ['done'] | readonly ['lost'] | readonly ['held', holder: string, ends: string]

const expectedBy = ({ ifRevision }: WriteOptions): string => (ifRevision === undefined ? 'any' : (ifRevision ?? 'none'))

const sessionOver = (): RpcError =>
  new RpcError('unavailable', 'the session in Redis is over, and another is on its way', { outcome: 'not-run' })
