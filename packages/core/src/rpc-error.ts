/** Connect's sixteen codes, spelled as there (connectrpc.com/docs/protocol#error-codes). A closed set. */
export const RPC_ERROR_CODES = [
  'canceled',
  'unknown',
  'invalid_argument',
  'deadline_exceeded',
  'not_found',
  'already_exists',
  'permission_denied',
  'resource_exhausted',
  'failed_precondition',
  'aborted',
  'out_of_range',
  'unimplemented',
  'internal',
  'unavailable',
  'data_loss',
  'unauthenticated',
] as const

export type RpcErrorCode = (typeof RPC_ERROR_CODES)[number]

export const isRpcErrorCode = (text: unknown): text is RpcErrorCode =>
  (RPC_ERROR_CODES as readonly unknown[]).includes(text)

/**
 * Whether the method may have run. `not-run`: refused before it was entered, may be tried elsewhere whatever the method.
 * `unknown`: may be tried elsewhere only if idempotent. `ran`: it ran and threw, never tried again unless `retryable`.
 */
export type Outcome = 'not-run' | 'unknown' | 'ran'

export interface RpcErrorOptions {
  /** Default `unknown`, the cautious one. */
  readonly outcome?: Outcome
  readonly cause?: unknown
  /** The method ran, and its author says that another try may succeed. Default false. */
  readonly retryable?: boolean
  /** The peer asks not to be called again before this much time, in ms, is over. */
  readonly retryAfterMs?: number
  /** Further facts for the caller; must be JSON. */
  readonly details?: readonly unknown[]
}

const brand: unique symbol = Symbol.for('@kumquat/core/RpcError') as never

/** The one error of a call: a code from a closed set, and whether the method may have run. */
export class RpcError extends Error {
  override readonly name: string = 'RpcError'
  readonly code: RpcErrorCode
  readonly outcome: Outcome
  declare readonly retryable?: boolean
  declare readonly retryAfterMs?: number
  declare readonly details?: readonly unknown[]

  constructor(code: RpcErrorCode, message: string, options: RpcErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.outcome = options.outcome ?? 'unknown'
    if (options.retryable !== undefined) this.retryable = options.retryable
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs
    if (options.details !== undefined) this.details = options.details
    Object.defineProperty(this, brand, { value: true })
  }

  /** Like `instanceof`, but also true across duplicate copies of this package. */
  static is(value: unknown): value is RpcError {
    return value instanceof Error && brand in value
  }
}
