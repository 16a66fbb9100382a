import { createHash } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type Entry, formatServiceKey, type ProviderRecord, type ServiceKey, uniqueId } from '@kumquat/core'
import { encodeRecord } from '../record-codec.ts'
import { readCount } from '../record-fields.ts'

/** A set of providers as a file holds it: nothing in it has been checked yet but its form. */
export interface Snapshot {
  readonly entries: readonly Entry[]
  /** When the registry said so, in ms since 1970; 0 when the file does not say. */
  readonly asOf: number
}

/** What the file holds, or anything else. */
type Written = { readonly [Name in 'schema' | 'service' | 'asOf' | 'providers']?: unknown } | null

const SCHEMA = 1
/** About 30 000 providers. Greater files are none of ours. */
const MAX_BYTES = 16 * 2 ** 20
/** Nobody writes for so long. */
const ABANDONED_MS = 60_000

/** The last set of one service in one registry. Others may write the same file: whole, each time. */
export class SnapshotFile {
  readonly path: string
  readonly #folder: string
  readonly #service: string
  #isSwept = false

  constructor(folder: string, registry: string, service: ServiceKey) {
    this.#folder = folder
    this.#service = formatServiceKey(service)
    const hash = createHash('sha256').update(`${registry}\n${this.#service}`).digest('hex').slice(0, 16)
    this.path = join(folder, `${this.#service.replace('/', '.').slice(0, 100)}-${hash}.json`)
  }

  /** Nothing when there is no such file. Rejects when it cannot be read or is no snapshot of this service. */
  async read(): Promise<Snapshot | undefined> {
    const facts = await stat(this.path).catch(absent)
    if (facts === undefined) return undefined
    if (!facts.isFile() || facts.size > MAX_BYTES) throw new Error(`it is no file of at most ${MAX_BYTES} bytes`)
    const written: Written = JSON.parse(await readFile(this.path, 'utf8'))
    if (written?.schema !== SCHEMA || written.service !== this.#service) {
      throw new Error(`it is no snapshot of ${this.#service} in schema ${SCHEMA}`)
    }
    const providers = isObject(written.providers) ? written.providers : {}
    const entries = Object.entries(providers).map(([name, value]): Entry => {
      return { path: `${this.path}/${name}`, name, value: JSON.stringify(value), revision: '' }
    })
    return { entries, asOf: readCount(written.asOf) }
  }

  /** All or nothing, whatever happens meanwhile: a new file takes the place of the old one. */
  async write(records: readonly ProviderRecord[], asOf: number): Promise<void> {
    const providers = Object.fromEntries(records.map((record) => [record.id, JSON.parse(encodeRecord(record))]))
    const text = `${JSON.stringify({ schema: SCHEMA, service: this.#service, asOf, providers }, undefined, 1)}\n`
    await mkdir(this.#folder, { recursive: true, mode: 0o700 })
    const temporary = `${this.path}.${uniqueId()}.new`
    try {
      const file = await open(temporary, 'wx', 0o600)
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
      await this.#sweep(temporary)
      await rename(temporary, this.path)
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {})
      throw error
    }
  }

  /** Removes what processes left that were killed while they wrote. */
  async #sweep(temporary: string): Promise<void> {
    if (this.#isSwept) return
    this.#isSwept = true
    const { mtimeMs: now } = await stat(temporary)
    for (const name of await readdir(this.#folder)) {
      const file = join(this.#folder, name)
      if (!(file.startsWith(`${this.path}.`) && name.endsWith('.new'))) continue
      const facts = await stat(file).catch(absent)
      if (facts && now - facts.mtimeMs > ABANDONED_MS) await rm(file, { force: true })
    }
  }
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

function absent(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return
  throw error
}
