import type { RpcErrorCode } from '@kumquat/core'

/** Headers of the wire; docs/reference/wire.md says what each means. */
export const TIMEOUT = 'connect-timeout-ms'
export const ATTEMPT = 'kq-attempt'
export const CALLER = 'kq-caller'
export const BAGGAGE = 'baggage'
export const INSTANCE = 'kq-instance'
export const CLOSING = 'kq-closing'
export const LOAD = 'kq-load'
/** On an upgrade: the encoding that is asked for, and the one that is agreed to. */
export const ENCODING = 'kq-encoding'
export const TIMING = 'server-timing'

export const JSON_TYPE = 'application/json'
/** Of a stream: a JSON value on each line. */
export const LINES_TYPE = 'application/x-ndjson'

/** Paths of a provider that are no calls. No app can be named so: names begin with a letter or a digit. */
export const LIVE_PATH = '/_kumquat/live'
export const READY_PATH = '/_kumquat/ready'
export const STATS_PATH = '/_kumquat/stats'
export const CONTRACT_PATH = '/_kumquat/contract'

/** The HTTP status of each code (connectrpc.com/docs/protocol#error-codes). */
export const STATUS_OF: Readonly<Record<RpcErrorCode, number>> = {
  canceled: 499,
  unknown: 500,
  invalid_argument: 400,
  deadline_exceeded: 504,
  not_found: 404,
  already_exists: 409,
  permission_denied: 403,
  resource_exhausted: 429,
  failed_precondition: 400,
  aborted: 409,
  out_of_range: 400,
  unimplemented: 501,
  internal: 500,
  unavailable: 503,
  data_loss: 500,
  unauthenticated: 401,
}

/** The code of an answer that does not say (connectrpc.com/docs/protocol#http-to-error-code). */
export function codeOf(status: number): RpcErrorCode {
  switch (status) {
    case 400:
      return 'internal'
    case 401:
      return 'unauthenticated'
    case 403:
      return 'permission_denied'
    case 404:
      return 'unimplemented'
    case 429:
    case 502:
    case 503:
    case 504:
      return 'unavailable'
    default:
      return 'unknown'
  }
}
