import { formatServiceKey, type Invocation, RpcError } from '@kumquat/core'
import { formatBaggage } from '../attachments.ts'
import { ATTEMPT, BAGGAGE, CALLER, JSON_TYPE, TIMEOUT } from './wire.ts'

export const pathOf = ({ service, method }: Invocation): string => `/${service.app}/${service.group}/${method}`

/** The headers of a call as a flat list, which is how undici likes them best. */
export function headersOf({ attachments, attempt = 1 }: Invocation, caller: string, leftMs: number): string[] {
  const headers = ['content-type', JSON_TYPE]
  if (leftMs < Number.POSITIVE_INFINITY) headers.push(TIMEOUT, String(Math.max(1, Math.floor(leftMs))))
  if (caller !== '') headers.push(CALLER, caller)
  if (attempt > 1) headers.push(ATTEMPT, String(attempt))
  const baggage = formatBaggage(attachments)
  if (baggage !== '') headers.push(BAGGAGE, baggage)
  return headers
}

/**
 * The arguments as a JSON array, without those at its end that are `undefined`, so that defaults of parameters apply; JSON
 * makes `null` of any other `undefined`. Throws `RpcError` `invalid_argument`, `not-run` on what JSON cannot carry.
 */
export function bodyOf({ service, method, args }: Invocation): string {
  let length = args.length
  while (length > 0 && args[length - 1] === undefined) length--
  try {
    return JSON.stringify(length === args.length ? args : args.slice(0, length))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
    const message = `${formatServiceKey(service)}/${method} was given an argument that JSON cannot carry: ${reason}`
    throw new RpcError('invalid_argument', message, { outcome: 'not-run', cause })
  }
}
