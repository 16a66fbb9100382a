import type { Logger } from '@kumquat/core'
import type { LoggerOptions } from 'pino'
import { optionalPeer } from './optional-peer.ts'

export interface PinoLoggerOptions {
  /** The least level that is written. Default `info`. */
  readonly level?: keyof Logger
  /** Paths in facts, such as `args[0].password`, of which the value is not written. Default none. */
  readonly redact?: readonly string[]
  /** Where lines of JSON go. Default: standard output. */
  readonly write?: (line: string) => void
}

/**
 * A logger by pino, for those who have none of their own. Any pino instance is a logger as it is. Rejects with `TypeError`
 * where the package `pino` is not installed.
 */
export async function pinoLogger({ level = 'info', redact = [], write }: PinoLoggerOptions = {}): Promise<Logger> {
  const { pino } = await optionalPeer(() => import('pino'), 'pino', 'pinoLogger()')
  const options: LoggerOptions = { level, redact: [...redact] }
  return write === undefined ? pino(options) : pino(options, { write })
}
