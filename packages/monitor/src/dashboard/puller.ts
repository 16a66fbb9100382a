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
    const url = statsUrl(formatAddress(address))
    if (url === undefined) return missed(`${formatAddress(address)} may not be asked`)
    const { clock, timeoutMs } = this.#options
    const late = new AbortController()
    const timer = clock.after(timeoutMs, () => late.abort(new Error(`no answer within ${timeoutMs} ms`)))
    try {
      return await this.#ask(url, late.signal)
    } catch (error) {
      return missed(error instanceof Error ? error.message : String(error))
    } finally {
      timer[Symbol.dispose]()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy()
  }

  async #ask(url: URL, signal: AbortSignal): Promise<Pulled> {
    const { statusCode, body } = await request(url, {
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

/**
 * Where a provider's statistics are; `undefined` for an address that is none, or may not be asked. Looked at as a URL, which is
 * how it will be used: there `2852039166` is an address too, and `a/b` is a host and a path.
 */
function statsUrl(address: string): URL | undefined {
  const text = `http://${address}/_kumquat/stats`
  if (!URL.canParse(text)) return undefined
  const url = new URL(text)
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const plain = url.href === `http://${url.host}/_kumquat/stats`
  return plain && (isIP(host) === 0 || isAllowedAddress(host)) ? url : undefined
}

const missed = (why: string): Pulled => ({ kind: 'missed', why })
