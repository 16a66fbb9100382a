import { formatServiceKey, isRpcErrorCode, type Outcome, RpcError, type ServiceKey } from '@kumquat/core'
import { codeOf, STATUS_OF } from './wire.ts'

export interface CallName {
  readonly service: ServiceKey
  readonly method: string
}

/** The JSON of an error: Connect's three fields, and ours. Details that JSON cannot carry stay here. */
export function encodeError(error: RpcError, name: CallName | undefined): string {
  const { code, message, outcome, retryable, retryAfterMs, details } = error
  const where = name && { service: formatServiceKey(name.service), method: name.method }
  const body = { code, message, outcome, ...where, retryable, retryAfterMs }
  try {
    return JSON.stringify({ ...body, details })
  } catch {
    return JSON.stringify(body)
  }
}

/** An answer that is no success. */
export interface ErrorAnswer {
  readonly status: number
  readonly text: string
}

/**
 * Reads an error, from whomever. The outcome is what our provider says of it; of a foreign one we know that it answered,
 * which is as much as that it ran, unless the answer is that of something in between.
 */
export function decodeError({ status, text }: ErrorAnswer, where: string): RpcError {
  const body = parsed(text)
  const said = body !== undefined && isRpcErrorCode(body.code)
  if (!said) {
    const message = `${where} answered HTTP ${status}${text === '' ? '' : `: ${text.slice(0, 200)}`}`
    return new RpcError(codeOf(status), message, { outcome: 'unknown' })
  }
  const { code, message, outcome, retryable, retryAfterMs, details } = body
  return new RpcError(
    code as RpcError['code'],
    typeof message === 'string' ? message : `${where} answered ${String(code)}`,
    {
      outcome: isOutcome(outcome) ? outcome : PROXIES_SAY.has(status) ? 'unknown' : 'ran',
      ...(retryable === true && { retryable }),
      ...(typeof retryAfterMs === 'number' && retryAfterMs >= 0 && { retryAfterMs }),
      ...(Array.isArray(details) && details.length > 0 && { details }),
    },
  )
}

type ErrorBody = { readonly [Field in keyof RpcError]?: unknown }

const PROXIES_SAY: ReadonlySet<number> = new Set([502, STATUS_OF.unavailable, STATUS_OF.deadline_exceeded])

const isOutcome = (value: unknown): value is Outcome => value === 'not-run' || value === 'unknown' || value === 'ran'

function parsed(text: string): ErrorBody | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined
  } catch {
    return undefined
  }
}
