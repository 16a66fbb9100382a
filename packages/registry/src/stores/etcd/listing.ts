import { assertPath, type Entry, type Logger } from '@kumquat/core'
import { printable } from '../../printable.ts'
import type { KeyValue, RangeAnswer } from './api.ts'
import { entryOf, revisionIn, VIRTUAL } from './entries.ts'
import { AnswerTooLarge, isFailure, OUT_OF_RANGE } from './failures.ts'
import type { Gateway } from './gateway.ts'
import { after, type Keys, next, rangeOf } from './keys.ts'

export interface Listing {
  readonly entries: readonly Entry[]
  /** Of the whole store: the listing is of this very moment. */
  readonly revision: number
}

const FIRST_PAGE = 256
const LARGEST_PAGE = 1_024
const TRIES = 3

/** The children of one path, page by page as of one revision. What is below a child is skipped over, not read. */
export async function list(gateway: Gateway, keys: Keys, path: string, logger: Logger): Promise<Listing> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await new Pages(gateway, keys, path, logger).read()
    } catch (error) {
      // The revision of its first page was compacted away before the last.
      if (!isFailure(error, OUT_OF_RANGE) || tries === TRIES) throw error
    }
  }
}

class Pages {
  readonly #gateway: Gateway
  readonly #prefix: Buffer
  readonly #path: string
  readonly #logger: Logger
  readonly #children = new Map<string, Entry>()
  #limit = FIRST_PAGE
  #revision = 0

  constructor(gateway: Gateway, keys: Keys, path: string, logger: Logger) {
    this.#gateway = gateway
    this.#prefix = keys.prefix(path)
    this.#path = path === '/' ? '' : path
    this.#logger = logger
  }

  async read(): Promise<Listing> {
    let from: Buffer | undefined = this.#prefix
    while (from) from = await this.#page(from)
    const entries = [...this.#children.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
    return { entries, revision: this.#revision }
  }

  /** Reads a page and answers where the next one begins, if there is more. */
  async #page(from: Buffer): Promise<Buffer | undefined> {
    let answer: RangeAnswer
    try {
      answer = await this.#range(from, false)
    } catch (error) {
      if (!(error instanceof AnswerTooLarge)) throw error
      if (this.#limit > 1) {
        this.#limit = Math.ceil(this.#limit / 8)
        return from
      }
      answer = await this.#range(from, true)
      this.#logger.warn({ path: this.#path, error }, `a child of ${printable(this.#path)} is too large; read as empty`)
    }
    this.#revision ||= revisionIn(answer)
    let last = from
    let skipping = false
    for (const found of answer.kvs ?? []) [last, skipping] = this.#add(found)
    this.#limit = skipping ? 1 : Math.min(this.#limit * 2, LARGEST_PAGE)
    return answer.more ? last : undefined
  }

  #range(from: Buffer, keysOnly: boolean): Promise<RangeAnswer> {
    const ask = {
      ...rangeOf({ from, to: after(this.#prefix) }),
      limit: String(this.#limit),
      ...(this.#revision > 0 ? { revision: String(this.#revision) } : {}),
      ...(keysOnly ? { keys_only: true } : {}),
    }
    return this.#gateway.call('kv/range', ask, { repeatable: true })
  }

  /** Answers the first key of interest behind this one, and whether keys below the child come before it. */
  #add(found: KeyValue): [Buffer, boolean] {
    const key = Buffer.from(found.key, 'base64')
    const slash = key.indexOf('/', this.#prefix.length)
    const name = key.subarray(this.#prefix.length, slash < 0 ? undefined : slash).toString()
    const path = `${this.#path}/${name}`
    if (isPath(path)) {
      if (slash < 0) this.#children.set(name, entryOf(path, found))
      else if (!this.#children.has(name)) this.#children.set(name, { path, name, value: '', revision: VIRTUAL })
    }
    return slash < 0 ? [next(key), false] : [after(key.subarray(0, slash + 1)), true]
  }
}

/** Others may write what no store would. */
function isPath(path: string): boolean {
  try {
    return assertPath(path) === path
  } catch {
    return false
  }
}
