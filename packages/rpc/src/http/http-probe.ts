import type { IncomingHttpHeaders } from 'node:http'
import type { Finding, Probe } from '@kumquat/registry'
import { onAbort } from '../waiting/on-abort.ts'
import type { AnswerHandler } from './pool.ts'
import { httpPool } from './pool.ts'
import { CLOSING, LIVE_PATH } from './wire.ts'

export interface HttpProbeOptions {
  /** Default 500. */
  readonly connectTimeoutMs?: number
}

/**
 * Looks at a suspect over HTTP, on a connection of its own. Any answer counts as alive: a foreign server knows nothing of
 * our paths. Gone is who refuses the connection, or answers that it is leaving.
 */
export function httpProbe({ connectTimeoutMs = 500 }: HttpProbeOptions = {}): Probe {
  return async ({ id }, signal) => {
    const pool = httpPool(`http://${id}`, { connections: 1, connectTimeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES })
    try {
      return await new Promise<Finding>((resolve) => pool.get(LIVE_PATH, finding(signal, resolve)))
    } finally {
      // Not awaited: it ends when the connection attempt does.
      void pool.close()
    }
  }
}

const MAX_ANSWER_BYTES = 65_536

function finding(signal: AbortSignal, resolve: (finding: Finding) => void): AnswerHandler {
  let seen: Finding = 'silent'
  let abort: Disposable | undefined
  const end = (found: Finding): void => {
    abort?.[Symbol.dispose]()
    resolve(found)
  }
  return {
    onRequestStart(controller) {
      abort = onAbort(signal, () => controller.abort(new Error('no answer in time')))
    },
    onResponseStart(_, status, headers: IncomingHttpHeaders) {
      if (status >= 200) seen = headers[CLOSING] === undefined ? 'alive' : 'gone'
    },
    onResponseData() {},
    onResponseEnd: () => end(seen),
    onResponseError: (_, error) => end(seen === 'silent' && isRefusal(error) ? 'gone' : seen),
  }
}

const isRefusal = (error: Error): boolean => 'code' in error && error.code === 'ECONNREFUSED'
