import { assertAttachments } from './attachments.ts'

/** What can be said of a single call, of a client, or of all clients, the nearest word counting. */
export interface CallOptions {
  /** Time for the whole call, every attempt included. 1 to 2 147 483 647 ms. Default: that of the consumer, 3 000. */
  readonly timeoutMs?: number
  /** Ends the call at once, as `canceled`. */
  readonly signal?: AbortSignal
  /** The lane of the call; `gray` is the one in which releases are tried. Short for the attachment `lane`. */
  readonly lane?: string
  /** Small facts that travel with the call, through every hop. Added to those of the client. */
  readonly attachments?: Readonly<Record<string, string>>
}

/** Returns `timeoutMs`, or throws `RangeError` naming it. */
export function assertTimeout(name: string, timeoutMs: number): number {
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMER_MS) return timeoutMs
  throw new RangeError(`${name} must be from 1 to ${MAX_TIMER_MS} ms, got ${timeoutMs}`)
}

/** Returns options, or throws `RangeError` or `TypeError` naming what is wrong with them. */
export function assertCallOptions(options: CallOptions): CallOptions {
  if (options.timeoutMs !== undefined) assertTimeout('timeoutMs', options.timeoutMs)
  if (options.attachments !== undefined) assertAttachments(options.attachments)
  if (options.lane !== undefined) assertAttachments({ lane: options.lane })
  return options
}

/** What a timer of Node can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1
