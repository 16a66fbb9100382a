import {
  type Clock,
  type Filter,
  formatServiceKey,
  type Logger,
  laneOf,
  type Reply,
  type Rng,
  RpcError,
  type RpcErrorCode,
  systemClock,
  systemRng,
} from '@kumquat/core'
import { assertWithin } from '../range.ts'
import { redacted } from '../redacted.ts'
import { provenCaller } from '../security/proven.ts'
import type { ServedCall } from '../transport.ts'

export interface AccessLogOptions {
  /** Where lines go, at level `info`: an instance of pino, `await pinoLogger()`, or any other logger. */
  readonly to: Logger
  /** Share of successful calls that are written; failures always are. 0 to 1, default 1. */
  readonly sample?: number
  /** Whether arguments are written too. Default false: they may hold what is nobody's business. */
  readonly args?: boolean
  /** Names of fields, at any depth of arguments, of which the value is not written; case does not count. Default `SECRETS`. */
  readonly redact?: readonly string[]
  readonly clock?: Clock
  readonly rng?: Rng
}

/** What stands in the line of a call. */
export interface AccessLine {
  readonly method: string
  /** Proven, if there is something that proves it. */
  readonly caller: string
  readonly address: string
  readonly lane: string
  readonly attempt: number
  readonly code: RpcErrorCode | 'ok'
  /** From the request being read to the reply being ready. */
  readonly durationMs: number
  /** Size of the request's body, as far as it is known. */
  readonly bytes?: number
  /** Arguments, if asked for. */
  readonly args?: unknown
}

/**
 * Writes one line for each served call, those refused too: see `AccessLine`.
 *
 * @throws RangeError on a share out of range.
 */
export function accessLog({
  to,
  sample = 1,
  args = false,
  redact = SECRETS,
  clock = systemClock,
  rng = systemRng,
}: AccessLogOptions): Filter<ServedCall, Reply> {
  assertWithin('sample', sample, 0, 1)
  const hidden = new Set(redact.map((name) => name.toLowerCase()))
  const write = (call: ServedCall, code: AccessLine['code'], startedAt: number): void => {
    const bytes = Number(call.arrived['content-length'])
    const line: AccessLine = {
      method: `${formatServiceKey(call.service)}/${call.method}`,
      caller: provenCaller(call),
      address: call.remote.address,
      lane: laneOf(call),
      attempt: call.attempt ?? 1,
      code,
      durationMs: Math.round((clock.now() - startedAt) * 1_000) / 1_000,
      ...(Number.isFinite(bytes) && { bytes }),
      ...(args && { args: redacted(call.args, hidden) }),
    }
    to.info(line, 'served')
  }
  return (next) => async (call) => {
    const startedAt = clock.now()
    try {
      const reply = await next(call)
      if (sample === 1 || rng() < sample) write(call, 'ok', startedAt)
      return reply
    } catch (error) {
      write(call, RpcError.is(error) ? error.code : 'unknown', startedAt)
      throw error
    }
  }
}

/** Names of fields that no log should hold. */
export const SECRETS: readonly string[] = ['authorization', 'cookie', 'password', 'pin', 'secret', 'token']
