import type { Filter, Reply } from '@kumquat/core'
import type { ServedCall } from '../transport.ts'

/** What protects and records calls at a provider. Each is a filter whose place is fixed: see docs/reference/filters.md. */
export interface ProtectionOptions {
  /** Bounds the time of calls: `ceiling({ ms })`. Default: callers decide. */
  readonly ceiling?: Filter<ServedCall, Reply>
  /** Makes spans: `(await tracing()).served`. Default: traces only pass through. */
  readonly tracing?: Filter<ServedCall, Reply>
  /** Writes a line for each call: `accessLog({ to })`. Default: nobody writes. */
  readonly accessLog?: Filter<ServedCall, Reply>
  /**
   * Of 100 calls with a deadline within 10 s, at most so many are refused for having arrived too late, ten always may be: wrong
   * times must not stop a provider. 0 to 100, default 20.
   */
  readonly maxExpiredPercent?: number
  /** Proves who calls: `authenticated({ keys })`, `certified({ names })`. Default: anybody may call, under any name. */
  readonly auth?: Filter<ServedCall, Reply>
  /** Who may call what: `access({ rules })`. Default: everybody everything. */
  readonly access?: Filter<ServedCall, Reply>
  /** How often anybody may call: `await rateLimit({ calls, perMs })`. Default: any number of times. */
  readonly rateLimit?: Filter<ServedCall, Reply>
  /** How many calls run at once: `limit({ max })`, `adaptiveLimit()`. Default: all. */
  readonly limit?: Filter<ServedCall, Reply>
}
