import type { IncomingHttpHeaders } from 'node:http'
import { isName, RpcError } from '@kumquat/core'
import { type Attachments, NO_ATTACHMENTS, parseBaggage } from '../context/attachments.ts'
import { ATTEMPT, BAGGAGE, CALLER, TIMEOUT } from './wire.ts'

/** The calling app, if it says so in a way that can be a name. */
export function callerOf(headers: IncomingHttpHeaders): string {
  const caller = headers[CALLER]
  return typeof caller === 'string' && isName(caller) ? caller : ''
}

/** What travels with the call. */
export function attachmentsOf(headers: IncomingHttpHeaders): Attachments {
  const baggage = headers[BAGGAGE]
  return typeof baggage === 'string' ? parseBaggage(baggage) : NO_ATTACHMENTS
}

/** 1 unless it says that it is a later one. Garbage counts as the first. */
export function attemptOf(headers: IncomingHttpHeaders): number {
  const attempt = headers[ATTEMPT]
  return typeof attempt === 'string' && /^[1-9]\d?$/.test(attempt) ? Number(attempt) : 1
}

/** Time the caller has left, in ms; nothing if it did not say. Throws `RpcError` `invalid_argument` on garbage. */
export function timeoutOf(headers: IncomingHttpHeaders): number | undefined {
  const timeout = headers[TIMEOUT]
  if (timeout === undefined) return undefined
  if (typeof timeout === 'string' && /^\d{1,10}$/.test(timeout)) return Number(timeout)
  const message = `${TIMEOUT}: ${JSON.stringify(timeout).slice(0, 100)} is not a number of milliseconds of 1 to 10 digits`
  throw new RpcError('invalid_argument', message, { outcome: 'not-run' })
}

/**
 * The positional arguments in a body: of an array its elements, of anything else that one, of no body none. Throws
 * `RpcError` `invalid_argument` where they are more than `most`.
 */
export function argsOf(body: unknown, most: number): readonly unknown[] {
  if (body === undefined) return []
  if (!Array.isArray(body)) return [body]
  if (body.length <= most) return body
  const message = `${body.length} arguments are more than ${most}, the limit of this provider: pass an array as one argument, [[1, 2]]`
  throw new RpcError('invalid_argument', message, { outcome: 'not-run' })
}
