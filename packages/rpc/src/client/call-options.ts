import { type Constraints, nearest } from '@kumquat/core'
import { assertAttachments } from '../context/attachments.ts'
import { assertTimeout } from '../waiting/assert-timeout.ts'

/** What can be said of a single call, of a client, or of all clients, the nearest word counting. */
export interface CallOptions {
  /**
   * Time for the whole call, every attempt included. 1 to 2 147 483 647 ms. Default: that of the method, else that of the consumer,
   * 3 000; of a stream, from its first `next()` to its end, that of the method, else none.
   */
  readonly timeoutMs?: number
  /** Ends the call at once, as `canceled`. */
  readonly signal?: AbortSignal
  /** The lane of the call; `gray` is the one in which releases are tried. Short for the attachment `lane`. */
  readonly lane?: string
  /** What balancers that hash send to one provider, in place of what they would hash: 1 to 1 024 characters. It does not travel on. */
  readonly key?: string
  /**
   * The one provider to ask, `host:port`: whatever routers, balancer and strategy would do. Where it is not there the call is
   * `unavailable`, `not-run`. Default: any.
   */
  readonly peer?: string
  /** Small facts that travel with the call, through every hop. Added to those of the client. */
  readonly attachments?: Readonly<Record<string, string>>
  /** What a provider must be to serve the call: a version or a range such as `^2.1`, tags. In place of those of the client. */
  readonly constraints?: Constraints
}

/** Returns options, or throws `RangeError` or `TypeError` naming what is wrong with them. */
export function assertCallOptions(options: CallOptions): CallOptions {
  for (const name in options) if (!Object.hasOwn(KNOWN, name)) throw unknown(name)
  if (options.timeoutMs !== undefined) assertTimeout('timeoutMs', options.timeoutMs)
  if (options.attachments !== undefined) assertAttachments(options.attachments)
  if (options.lane !== undefined) assertAttachments({ lane: options.lane })
  if (options.key !== undefined) assertKey(options.key)
  if (options.peer !== undefined) assertPeer(options.peer)
  if (options.constraints !== undefined) assertConstraints(options.constraints)
  return options
}

/** Each of them, so that the compiler misses none. */
const KNOWN: Readonly<Record<keyof CallOptions, true>> = {
  timeoutMs: true,
  signal: true,
  lane: true,
  key: true,
  peer: true,
  attachments: true,
  constraints: true,
}

function unknown(name: string): TypeError {
  const known = Object.keys(KNOWN)
  const near = nearest(name, known)
  const hint = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`
  return new TypeError(
    `a call has no option ${JSON.stringify(name.slice(0, 100))}${hint} (there is: ${known.join(', ')})`,
  )
}

/** The options before, with those after over them. Throws `TypeError` where their attachments are too many together. */
export function mergedOptions(before: CallOptions, after: CallOptions): CallOptions {
  if (after.attachments === undefined) return { ...before, ...after }
  const attachments = { ...before.attachments, ...after.attachments }
  if (before.attachments !== undefined) assertAttachments(attachments)
  return { ...before, ...after, attachments }
}

function assertKey(key: string): void {
  if (typeof key !== 'string') throw new TypeError(`key must be a string, got ${JSON.stringify(key)}: use String(…)`)
  if (key.length >= 1 && key.length <= MAX_KEY_CHARS) return
  throw new RangeError(`key must have 1 to ${MAX_KEY_CHARS} characters, got ${key.length}: leave it away for no key`)
}

const MAX_KEY_CHARS = 1_024

function assertPeer(peer: string): void {
  const [, port] = (typeof peer === 'string' && ADDRESS.exec(peer)) || []
  if (Number(port) >= 1 && Number(port) <= 65_535) return
  throw new TypeError(`peer ${JSON.stringify(peer)} is not an address such as "10.0.0.7:20080" or "[fd00::7]:20080"`)
}

/** As the id of a record is written. */
const ADDRESS = /^(?:\[[0-9a-f:.]+\]|[^:[\]/@\s]+):(\d{1,5})$/i

function assertConstraints({ version, tags = {} }: Constraints): void {
  if (version !== undefined && (typeof version !== 'string' || version === '')) {
    throw new TypeError(`constraints.version ${JSON.stringify(version)} is no version or range such as "^2.1"`)
  }
  for (const [tag, value] of Object.entries(tags)) {
    if (typeof value === 'string') continue
    throw new TypeError(`constraints.tags.${tag} must be a string, got ${JSON.stringify(value)}`)
  }
}
