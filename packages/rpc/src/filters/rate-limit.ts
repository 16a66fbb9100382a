import { type Conditions, callConditions } from '@kumquat/cluster'
import {
  type Clock,
  type Filter,
  formatServiceKey,
  type Logger,
  type Reply,
  RpcError,
  systemClock,
} from '@kumquat/core'
import type { RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible'
import { consoleLogger } from '../console-logger.ts'
import { integerIn } from '../integer-in.ts'
import { optionalPeer } from '../optional-peer.ts'
import { assertWithin } from '../range.ts'
import type { ServedCall } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'

export interface RateLimitOptions {
  /** Calls within a period, 1 to 1 000 000 000. */
  readonly calls: number
  /** The period, which begins with its first call. Whole seconds: 1 000 to 86 400 000 ms, default 1 000. */
  readonly perMs?: number
  /** What has a count of its own. Default each caller at each method; `[]` is one count for all calls. */
  readonly by?: readonly ('caller' | 'method')[]
  /** The calls it is about, as in `AccessRule`; others pass uncounted. Default: all. */
  readonly when?: Conditions
  /** A client of npm `ioredis`, by which all providers count together; it stays yours. Default: each process by itself. */
  readonly redis?: RedisClient
  /** What keys in Redis begin with: those who share it share their counts. Default `kumquat:rate`. */
  readonly prefix?: string
  /** How long an answer of Redis is waited for, 1 to 10 000 ms. Default 100. */
  readonly waitMs?: number
  /** Learns that Redis fails, and that it is back. Default: warnings to standard error. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/** The part of an `ioredis` client by which it is known. */
export interface RedisClient {
  readonly status: string
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void
}

/**
 * Refuses calls beyond so many in a period with `resource_exhausted`, `not-run`, and says when to come back. Counts by npm
 * `rate-limiter-flexible`, in fixed windows. A Redis that fails or is slow never fails a call: for the next second this process
 * counts by itself.
 *
 * Rejects with RangeError on a number out of range, with TypeError on bad conditions, and where the package is not installed.
 */
export async function rateLimit({
  calls,
  perMs = 1_000,
  by = ['caller', 'method'],
  when = {},
  redis,
  prefix = 'kumquat:rate',
  waitMs = 100,
  clock = systemClock,
  logger = consoleLogger(),
}: RateLimitOptions): Promise<Filter<ServedCall, Reply>> {
  integerIn('calls', calls, 1, 1_000_000_000)
  integerIn('perMs in seconds', perMs / 1_000, 1, 86_400)
  assertWithin('waitMs', waitMs, 1, 10_000)
  for (const one of by) {
    if (one !== 'caller' && one !== 'method')
      throw new TypeError(`by must hold "caller" and "method", got ${JSON.stringify(one)}`)
  }
  const isAbout = callConditions(when, 'when')
  const module = await optionalPeer(() => import('rate-limiter-flexible'), 'rate-limiter-flexible', 'rateLimit()')
  const budget = { points: calls, duration: perMs / 1_000, keyPrefix: prefix }
  const memory = counter(new module.RateLimiterMemory(budget))
  const count =
    redis === undefined
      ? memory
      : insured(counter(new module.RateLimiterRedis({ ...budget, storeClient: redis, rejectIfRedisNotReady: true })), {
          memory,
          ...{ waitMs, clock, logger },
        })
  const keyOf = (call: ServedCall): string => by.map((one) => (one === 'caller' ? call.caller : nameOf(call))).join(' ')
  return (next) => async (call) => {
    if (!isAbout(call)) return await next(call)
    const { msBeforeNext, consumedPoints } = await count(keyOf(call))
    if (consumedPoints > calls) throw tooOften(call, { calls, perMs, by, retryAfterMs: msBeforeNext })
    return await next(call)
  }
}

/** What stands on the count of a key once a call is added. */
type Count = (key: string) => Promise<Pick<RateLimiterRes, 'msBeforeNext' | 'consumedPoints'>>

/** Of the library a refusal is a rejection too; here only what failed is one. */
function counter(limiter: RateLimiterAbstract): Count {
  return async (key) => {
    try {
      return await limiter.consume(key)
    } catch (refusal) {
      if (refusal instanceof Error) throw refusal
      return refusal as RateLimiterRes
    }
  }
}

interface Insurance {
  readonly memory: Count
  readonly waitMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/** Counts in memory while the other fails, which is tried again once a second. */
function insured(count: Count, { memory, waitMs, clock, logger }: Insurance): Count {
  let restsUntil = Number.NEGATIVE_INFINITY
  let isFailing = false
  return async (key) => {
    if (clock.now() < restsUntil) return await memory(key)
    try {
      const otherwise = (): Error => new Error(`no answer within ${waitMs} ms`)
      const counted = await bounded(count(key), { clock, ms: waitMs, otherwise })
      if (isFailing) logger.info({}, 'Redis is back: calls are counted together again')
      isFailing = false
      return counted
    } catch (error) {
      if (!isFailing) logger.warn({ error }, 'Redis fails: this process counts calls by itself')
      isFailing = true
      restsUntil = clock.now() + REST_MS
      return await memory(key)
    }
  }
}

const REST_MS = 1_000

const nameOf = ({ service, method }: ServedCall): string => `${formatServiceKey(service)}/${method}`

interface Excess extends Required<Pick<RateLimitOptions, 'calls' | 'perMs' | 'by'>> {
  readonly retryAfterMs: number
}

function tooOften(call: ServedCall, { calls, perMs, by, retryAfterMs }: Excess): RpcError {
  const of = by.includes('caller') ? ` of caller "${call.caller}"` : ''
  const what = by.includes('method') ? 'it' : 'this provider'
  const message = `${nameOf(call)} was not run: ${what} takes ${calls} calls${of} in ${perMs} ms; come back in ${Math.round(retryAfterMs)} ms`
  return new RpcError('resource_exhausted', message, { outcome: 'not-run', retryAfterMs: Math.max(0, retryAfterMs) })
}
