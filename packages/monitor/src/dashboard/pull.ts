import { isIP } from 'node:net'
import { type Clock, formatAddress } from '@kumquat/core'
import { Agent, request } from 'undici'
import { readStats } from '../read-stats.ts'
import type { StatsSnapshot } from '../stats-snapshot.ts'
import { allowedLookup, isAllowedAddress } from './allowed-address.ts'

/** What came of asking one address for its statistics. */
export type Pulled =
  | { readonly kind: 'stats'; readonly stats: Omit<StatsSnapshot, 'callers'> }
  /** It answers, but has no statistics that we can read: some other HTTP server, or a provider of a later schema. */
  | { readonly kind: 'foreign' }
  | { readonly kind: 'missed'; readonly why: string }

export interface PullOptions {
  readonly clock: Clock
  /** Time for the whole answer, in ms. */
  readonly timeoutMs: number
  /** Longest answer taken. */
  readonly maxBytes: number
}

/** Asks providers for `GET /_kumquat/stats`. Never rejects; disposing it ends what is under way. */
export class Puller implements AsyncDisposable {
  readonly #options: PullOptions
  readonly #agent: Agent

  constructor(options: PullOptions) {
    this.#options = options
    // Each pull has a connection of its own: none stands idle for a provider to close just as it is used again.
    this.#agent = new Agent({
      pipelining: 0,
      maxResponseSize: options.maxBytes,
      connect: { lookup: allowedLookup },
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  async pull(address: { readonly host: string; readonly port: number }): Promise<Pulled> {
    if (isIP(address.host) !== 0 && !isAllowedAddress(address.host)) return missed(`${address.host} may not be asked`)
    const { clock, timeoutMs } = this.#options
    const late = new AbortController()
    const timer = clock.after(timeoutMs, () => late.abort(new Error(`no answer within ${timeoutMs} ms`)))
    try {
      return await this.#ask(formatAddress(address), late.signal)
    } catch (error) {
      return missed(error instanceof Error ? error.message : String(error))
    } finally {
      timer[Symbol.dispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }

  async #ask(address: string, signal: AbortSignal): Promise<Pulled> {
    const { statusCode, body } = await request(`http://${address}/_kumquat/stats`, {
      dispatcher: this.#agent,
      signal,
      headers: { accept: 'application/json' },
    })
    const text = await body.text()
    if (statusCode >= 500) return missed(`it answered with status ${statusCode}`)
    const stats = statusCode === 200 ? readStats(text) : undefined
    return stats === undefined ? { kind: 'foreign' } : { kind: 'stats', stats }
  }
}

const missed = (why: string): Pulled => ({ kind: 'missed', why })
