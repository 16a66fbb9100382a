import type { IncomingHttpHeaders } from 'node:http'
import { type Clock, type Logger, systemClock } from '@kumquat/core'
import type { Finding, Probe } from '@kumquat/registry'
import { consoleLogger } from '../console-logger.ts'
import type { ConnectTls } from '../tls/connect-tls.ts'
import { onAbort } from '../waiting/on-abort.ts'
import { type AnswerHandler, httpPool } from './pool.ts'
import { secureLine, speaksTls } from './secure-line.ts'
import { CLOSING, LIVE_PATH } from './wire.ts'

export interface HttpProbeOptions {
  /** Default 500. */
  readonly connectTimeoutMs?: number
  /** For providers that speak TLS, as for `httpConnect()`. */
  readonly tls?: ConnectTls
  readonly clock?: Clock
  readonly logger?: Logger
}

/**
 * Looks at a suspect over HTTP, on a connection of its own. Any answer counts as alive: a foreign server knows nothing of
 * our paths. Gone is who refuses the connection, or answers that it is leaving.
 */
export function httpProbe(options: HttpProbeOptions = {}): Probe {
  const { connectTimeoutMs = 500, tls, clock = systemClock, logger = consoleLogger() } = options
  const secure = tls && secureLine(tls, { clock, logger })
  return async (record, signal) => {
    const isSecure = speaksTls(record)
    const limits = { connections: 1, connectTimeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES }
    const origin = `${isSecure ? 'https' : 'http'}://${record.id}`
    const pool = httpPool(origin, { ...limits, secure: isSecure ? secure : undefined })
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
