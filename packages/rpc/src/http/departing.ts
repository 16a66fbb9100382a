import { formatServiceKey, type Invocation, RpcError, type ServiceKey } from '@kumquat/core'
import { formatBaggage } from '../context/attachments.ts'
import { fitted } from '../context/fitting.ts'
import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import { ATTEMPT, BAGGAGE, CALLER, JSON_TYPE, TIMEOUT } from './wire.ts'

/** Made once for a service and a method, since a new string is written much slower than one that is known. */
export function pathOf({ service, method }: Invocation): string {
  const paths = known.get(service) ?? new Map<string, string>()
  const path = paths.get(method)
  if (path !== undefined) return path
  const made = `/${service.app}/${service.group}/${method}`
  if (paths.size >= MAX_METHODS) paths.clear()
  known.set(service, paths.set(method, made))
  return made
}

const known = new WeakMap<ServiceKey, Map<string, string>>()
/** Names of methods may come from outside, by generic calls. */
const MAX_METHODS = 1_000

/** The headers of a call as a flat list, which is how undici likes them best. */
export function headersOf(invocation: Invocation, caller: string, leftMs: number): string[] {
  const { attachments, attempt = 1, headers: more } = invocation
  const headers = ['content-type', JSON_TYPE]
  if (leftMs < Number.POSITIVE_INFINITY) headers.push(TIMEOUT, String(timeoutOf(leftMs)))
  if (caller !== '') headers.push(CALLER, caller)
  if (attempt > 1) headers.push(ATTEMPT, String(Math.min(attempt, MAX_ATTEMPT)))
  const baggage = formatBaggage(fitted(attachments))
  if (baggage !== '') headers.push(BAGGAGE, baggage)
  if (more !== undefined) {
    checkHeaders(invocation, more)
    for (const name in more) headers.push(name, more[name]!)
  }
  return headers
}

/** Time as it travels, in whole ms. */
export const timeoutOf = (leftMs: number): number => Math.min(Math.max(1, Math.floor(leftMs)), MAX_TIMEOUT_MS)

/** Throws `RpcError` `invalid_argument`, `not-run` on a header that could be taken for another, or for the end of it. */
export function checkHeaders(invocation: Invocation, headers: Readonly<Record<string, string>>): void {
  for (const name in headers) {
    checkName(name, invocation)
    checkValue(name, headers[name]!, invocation)
  }
}

function checkName(name: string, invocation: Invocation): void {
  if (TOKEN.test(name) && !OURS.has(name) && !name.startsWith('kq-')) return
  throw unfit(
    invocation,
    `header ${JSON.stringify(name)} is not a name in lower case, or is set by the transport itself`,
  )
}

function checkValue(name: string, value: string, invocation: Invocation): void {
  if (VALUE.test(value)) return
  throw unfit(invocation, `header "${name}" holds what a header cannot: use printable ASCII without line breaks`)
}

const unfit = ({ service, method }: Invocation, reason: string): RpcError =>
  new RpcError('invalid_argument', `${formatServiceKey(service)}/${method}: ${reason}`, { outcome: 'not-run' })

/** Ten digits, which is what a timeout may have. */
const MAX_TIMEOUT_MS = 9_999_999_999
/** Two digits. */
export const MAX_ATTEMPT = 99
/** RFC 9110, 5.6.2, in lower case. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const VALUE = /^[\x20-\x7e]*$/
/** What decides how a request is read, and what the call itself says. */
const OURS: ReadonlySet<string> = new Set([
  ...['host', 'connection', 'content-length', 'content-type', 'content-encoding', 'transfer-encoding', 'te', 'trailer'],
  ...['upgrade', 'expect', 'keep-alive', 'proxy-connection', TIMEOUT, BAGGAGE],
])

/**
 * The arguments as a JSON array, without those at its end that are `undefined`, so that defaults of parameters apply; JSON
 * makes `null` of any other `undefined`. Throws `RpcError` `invalid_argument`, `not-run` on what JSON cannot carry.
 */
export function bodyOf(invocation: Invocation): string {
  try {
    return JSON.stringify(trimmed(invocation.args))
  } catch (cause) {
    throw unsayable(invocation, cause)
  }
}

/** The same in another encoding. */
export function packedBodyOf(invocation: Invocation, binary: BinaryEncoding): Uint8Array {
  try {
    return binary.encode(trimmed(invocation.args))
  } catch (cause) {
    throw unsayable(invocation, cause)
  }
}

function trimmed(args: readonly unknown[]): readonly unknown[] {
  let length = args.length
  while (length > 0 && args[length - 1] === undefined) length--
  return length === args.length ? args : args.slice(0, length)
}

function unsayable({ service, method }: Invocation, cause: unknown): RpcError {
  const reason = cause instanceof Error ? cause.message.split('\n', 1)[0] : String(cause)
  const message = `${formatServiceKey(service)}/${method} was given an argument that JSON cannot carry: ${reason}`
  return new RpcError('invalid_argument', message, { outcome: 'not-run', cause })
}
