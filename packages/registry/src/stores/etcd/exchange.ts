import { type Clock, RpcError } from '@kumquat/core'
import type { WatchAnswer } from './api.ts'
import { AnswerTooLarge, EtcdFailure } from './failures.ts'
import type { Http, HttpAnswer } from './http.ts'

export interface Question {
  readonly url: URL
  readonly ask: object
  readonly token: string
  readonly maxBytes: number
}

const IS_IT = 'is it running?'
const NO_ETCD = 'is it etcd, 3.4 or later?'

/**
 * One request to one server, and its answer as JSON. Rejects with `EtcdFailure` when the server refused, with
 * `AnswerTooLarge`, and with `RpcError` `unavailable` for all else, `not-run` if the server cannot have heard it.
 */
export async function exchange(http: Http, question: Question, clock: Clock, timeoutMs: number): Promise<object> {
  const ending = new AbortController()
  // Who waits for an answer is kept alive by it; sockets keep nobody alive.
  const patience = clock.after(timeoutMs, () => ending.abort(), { keepAlive: true })
  try {
    const { status, body } = await post(http, question, ending.signal)
    const chunks: Uint8Array[] = []
    let bytes = 0
    for await (const chunk of body) {
      bytes += chunk.length
      if (bytes > question.maxBytes) throw new AnswerTooLarge(question.maxBytes)
      chunks.push(chunk)
    }
    return read(status, Buffer.concat(chunks).toString(), question.url)
  } catch (error) {
    throw ending.signal.aborted
      ? unavailable(question.url, `did not answer within ${Math.round(timeoutMs)} ms; ${IS_IT}`, 'unknown', error)
      : away(question.url, error)
  } finally {
    patience[Symbol.dispose]()
  }
}

/** Sends the question; the answer's body is still to come. */
export function post(http: Http, { url, ask, token }: Question, signal: AbortSignal): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', ...(token === '' ? {} : { authorization: token }) }
  return http.post(url, JSON.stringify(ask), headers, signal)
}

/** One message of a watch. Throws as `exchange` rejects. */
export function readWatch(line: string, url: URL): WatchAnswer {
  const { result } = { result: undefined, ...read(200, line, url) }
  if (typeof result !== 'object' || result === null)
    throw unavailable(url, `answered no message of a watch; ${NO_ETCD}`, 'unknown')
  return result
}

function read(status: number, text: string, url: URL): object {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch (cause) {
    throw unavailable(url, `answered HTTP ${status} without JSON; ${NO_ETCD}`, 'unknown', cause)
  }
  if (typeof answer !== 'object' || answer === null) throw unavailable(url, `answered ${text}; ${NO_ETCD}`, 'unknown')
  refuse(answer)
  if (status !== 200) throw unavailable(url, `answered HTTP ${status}; ${NO_ETCD}`, 'unknown')
  return answer
}

/** Throws the failure that stands in an answer, if one does. */
function refuse(answer: object): void {
  const { error, message, code } = { error: undefined, message: undefined, code: undefined, ...answer }
  if (error === undefined) return
  const told: object = typeof error === 'object' && error !== null ? error : { message: message ?? error, code }
  const failure = { message: '', code: undefined, grpc_code: undefined, ...told }
  throw new EtcdFailure(Number(failure.code ?? failure.grpc_code ?? 2), String(failure.message))
}

/** An error of the line in words of ours; those of etcd and ours are left as they are. */
export function away(url: URL, error: unknown): unknown {
  if (RpcError.is(error) || error instanceof EtcdFailure || error instanceof AnswerTooLarge) return error
  const { code, syscall, message } = { code: '', syscall: '', message: '', ...asFacts(error) }
  const unheard = UNHEARD.has(code) || syscall === 'connect'
  return unavailable(url, `cannot be reached (${code || message}); ${IS_IT}`, unheard ? 'not-run' : 'unknown', error)
}

/** The connection never stood. */
const UNHEARD = new Set([
  ...['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT'],
  ...[
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
  'ERR_TLS_CERT_ALTNAME_INVALID',
])

const asFacts = (error: unknown): Partial<Record<'code' | 'syscall' | 'message', string>> =>
  error instanceof Error ? { ...error, message: error.message } : { message: String(error) }

function unavailable(url: URL, what: string, outcome: 'not-run' | 'unknown', cause?: unknown): RpcError {
  return new RpcError('unavailable', `etcd at ${url.origin} ${what}`, { outcome, cause })
}
