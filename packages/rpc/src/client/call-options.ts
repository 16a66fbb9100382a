import type { Constraints } from '@kumquat/core'
import { assertAttachments } from '../context/attachments.ts'
import { assertTimeout } from '../waiting/assert-timeout.ts'

/** What can be said of a single call, of a client, or of all clients, the nearest word counting. */
export interface CallOptions {
  /** Time for the whole call, every attempt included. 1 to 2 147 483 647 ms. Default: that of the method, else that of the consumer, 3 000. */
  readonly timeoutMs?: number
  /** Ends the call at once, as `canceled`. */
  readonly signal?: AbortSignal
  /** The lane of the call; `gray` is the one in which releases are tried. Short for the attachment `lane`. */
  readonly lane?: string
  /** Small facts that travel with the call, through every hop. Added to those of the client. */
  readonly attachments?: Readonly<Record<string, string>>
  /** What a provider must be to serve the call: a version or a range such as `^2.1`, tags. In place of those of the client. */
  readonly constraints?: Constraints
}

/** Returns options, or throws `RangeError` or `TypeError` naming what is wrong with them. */
export function assertCallOptions(options: CallOptions): CallOptions {
  if (options.timeoutMs !== undefined) assertTimeout('timeoutMs', options.timeoutMs)
  if (options.attachments !== undefined) assertAttachments(options.attachments)
  if (options.lane !== undefined) assertAttachments({ lane: options.lane })
  if (options.constraints !== undefined) assertConstraints(options.constraints)
  return options
}

function assertConstraints({ version, tags = {} }: Constraints): void {
  if (version !== undefined && (typeof version !== 'string' || version === '')) {
    throw new TypeError(`constraints.version ${JSON.stringify(version)} is no version or range such as "^2.1"`)
  }
  for (const [tag, value] of Object.entries(tags)) {
    if (typeof value === 'string') continue
    throw new TypeError(`constraints.tags.${tag} must be a string, got ${JSON.stringify(value)}`)
  }
}
