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
  /** Proves who calls: `authenticated({ keys })`, `certified({ names })`. Default: anybody may call, under any name. */
  readonly auth?: Filter<ServedCall, Reply>
  /** Who may call what: `access({ rules })`. Default: everybody everything. */
  readonly access?: Filter<ServedCall, Reply>
  /** How often anybody may call: `await rateLimit({ calls, perMs })`. Default: any number of times. */
  readonly rateLimit?: Filter<ServedCall, Reply>
  /** How many calls run at once: `limit({ max })`, `adaptiveLimit()`. Default: all. */
  readonly limit?: Filter<ServedCall, Reply>
}
