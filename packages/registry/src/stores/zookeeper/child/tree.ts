import type { Entry, Revision } from '@kumquat/core'
import type { QuestionName, Questions, SetNews } from '../protocol.ts'
import { BAD_VERSION, NO_NODE, NODE_EXISTS } from '../zookeeper-code.ts'
import { Listings } from './listings.ts'
import { isCode, type Stat, type ZooClient, ZooError } from './zoo-client.ts'

type Answers = { [Name in QuestionName]: (ask: Questions[Name]['ask']) => Promise<Questions[Name]['answer']> }

/** How often an operation of several steps begins anew when another client comes between two of them. */
const TRIES = 20
const NOBODY = '0'

/**
 * The operations of a backend, as steps of one client, below a root. Rejects with `ZooError`, in which `BAD_VERSION`
 * stands for every revision that is not the expected one.
 */
export class Tree implements Answers {
  readonly #client: ZooClient
  readonly #root: string
  readonly #watched: Listings

  constructor(client: ZooClient, root: string) {
    this.#client = client
    this.#root = root
    this.#watched = new Listings({
      names: (path) => this.#names(path, true),
      entry: (path, watched) => this.#entry(path, watched),
    })
  }

  async get({ path }: Questions['get']['ask']): Promise<Entry | null> {
    return (await this.#entry(path, false)) ?? null
  }

  async list({ path }: Questions['list']['ask']): Promise<readonly Entry[]> {
    const parent = path === '/' ? '' : path
    const names = await this.#names(path, false)
    const entries = await Promise.all(names.map((name) => this.#entry(`${parent}/${name}`, false)))
    return entries.filter((entry) => entry !== undefined)
  }

  watch({ path, hinted, version }: Questions['watch']['ask']): Promise<SetNews> {
    return this.#watched.news(path, hinted, version)
  }

  forget(path: string): void {
    this.#watched.forget(path)
  }

  /** News of a watch. */
  touch(path: string): void {
    this.#watched.touch(path)
  }

  async put({ path, value, ifRevision }: Questions['put']['ask']): Promise<Revision> {
    const full = this.#full(path)
    if (ifRevision === null) {
      await this.#create(full, value, false).catch(failsAs(BAD_VERSION, NODE_EXISTS))
      return this.#revisionOfNew(full)
    }
    if (ifRevision !== undefined) {
      const version = await this.#versionAt(full, ifRevision)
      return revisionOf(await this.#client.set(full, value, version).catch(failsAs(BAD_VERSION, NO_NODE)))
    }
    return retried([NO_NODE, NODE_EXISTS], async () => {
      if (await this.#client.exists(full, false)) return revisionOf(await this.#client.set(full, value))
      await this.#create(full, value, false)
      return this.#revisionOfNew(full)
    })
  }

  async delete({ path, ifRevision }: Questions['delete']['ask']): Promise<null> {
    const full = this.#full(path)
    if (ifRevision === undefined) {
      await this.#client.remove(full).catch(unless(NO_NODE))
      return null
    }
    if (ifRevision === null) {
      if (await this.#client.exists(full, false)) throw new ZooError(BAD_VERSION, 'there is a node')
      return null
    }
    const version = await this.#versionAt(full, ifRevision)
    await this.#client.remove(full, version).catch(failsAs(BAD_VERSION, NO_NODE))
    return null
  }

  /** The node of another session cannot become ours, be it our own of before: it is removed, and made anew. */
  async claim({ path, value, replace, ours }: Questions['claim']['ask']): Promise<string | null> {
    const full = this.#full(path)
    return retried([NO_NODE, NODE_EXISTS, BAD_VERSION], async () => {
      const found = await this.#client.get(full, true).catch(unless(NO_NODE))
      const owner = found?.stat.ephemeralOwner
      if (found && owner === this.#client.sessionId) {
        if (found.value !== value) await this.#client.set(full, value)
        return null
      }
      if (!replace && owner !== undefined && ![NOBODY, ...ours].includes(owner)) return owner
      if (found) await this.#client.remove(full, found.stat.version)
      await this.#create(full, value, true)
      // Removed again by now? Then once more; else whoever removes it from now on is seen.
      if (!(await this.#client.exists(full, true))) throw new ZooError(NO_NODE, 'removed meanwhile')
      return null
    })
  }

  async holds({ path, value }: Questions['holds']['ask']): Promise<boolean> {
    const found = await this.#client.get(this.#full(path), true).catch(unless(NO_NODE))
    return found?.value === value && found.stat.ephemeralOwner === this.#client.sessionId
  }

  async release({ path }: Questions['release']['ask']): Promise<null> {
    const full = this.#full(path)
    return retried([BAD_VERSION], async () => {
      const stat = await this.#client.exists(full, false)
      if (stat?.ephemeralOwner === this.#client.sessionId) {
        await this.#client.remove(full, stat.version).catch(unless(NO_NODE))
      }
      return null
    })
  }

  #full(path: string): string {
    return path === '/' ? this.#root || '/' : `${this.#root}${path}`
  }

  /** Where there is no node yet, its creation is watched. */
  async #names(path: string, watched: boolean): Promise<readonly string[]> {
    const full = this.#full(path)
    return retried([NO_NODE], async () => {
      const names = await this.#client.children(full, watched).catch(unless(NO_NODE))
      if (names) return [...names].sort()
      if (watched && (await this.#client.exists(full, true))) throw new ZooError(NO_NODE, 'made meanwhile')
      return []
    })
  }

  async #entry(path: string, watched: boolean): Promise<Entry | undefined> {
    const found = await this.#client.get(this.#full(path), watched).catch(unless(NO_NODE))
    const name = path.slice(path.lastIndexOf('/') + 1)
    return found && { path, name, value: found.value, revision: revisionOf(found.stat) }
  }

  /** The version of the node, if its revision is the expected one. */
  async #versionAt(full: string, revision: Revision): Promise<number> {
    const stat = await this.#client.exists(full, false)
    if (!stat || revisionOf(stat) !== revision) throw new ZooError(BAD_VERSION, 'at another revision')
    return stat.version
  }

  /** With the parents that are missing. */
  async #create(full: string, value: string, ephemeral: boolean): Promise<void> {
    return retried([NO_NODE], async () => {
      try {
        await this.#client.create(full, value, { ephemeral })
      } catch (error) {
        const parent = full.slice(0, full.lastIndexOf('/'))
        if (!isCode(error, NO_NODE) || parent === '') throw error
        await this.#create(parent, '', false).catch(unless(NODE_EXISTS))
        throw error
      }
    })
  }

  /** The answer to a creation does not say it; what others wrote since does not count. */
  async #revisionOfNew(full: string): Promise<Revision> {
    const { czxid = 0 } = (await this.#client.exists(full, false)) ?? {}
    return revisionOf({ czxid, version: 0 })
  }
}

/** Versions alone come again when a node is removed and made anew. */
const revisionOf = ({ czxid, version }: Pick<Stat, 'czxid' | 'version'>): Revision => `${czxid.toString(16)}-${version}`

async function retried<T>(codes: readonly number[], attempt: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries === TRIES || !codes.some((code) => isCode(error, code))) throw error
    }
  }
}

/** For `catch`: undefined instead of an error of this code. */
const unless =
  (code: number) =>
  (error: unknown): undefined => {
    if (!isCode(error, code)) throw error
  }

/** For `catch`: an error of the second code becomes one of the first. */
const failsAs =
  (told: number, code: number) =>
  (error: unknown): never => {
    throw isCode(error, code) ? new ZooError(told, 'at another revision') : error
  }
