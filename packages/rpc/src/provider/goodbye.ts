import { type Clock, type Logger, sleep } from '@kumquat/core'
import type { Listener } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'

export interface GoodbyeOptions {
  readonly listener: Listener
  readonly registrations: readonly AsyncDisposable[]
  /** Without a call for this long, we believe that everybody has heard. */
  readonly quietMs: number
  /** Bound of the time we go on serving for those who have not. */
  readonly noticeMs: number
  /** Bound of the time for calls in flight once new ones are refused. */
  readonly drainTimeoutMs: number
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Leaves so that no call is lost: says so in every answer and in the registry, goes on serving until nobody calls any
 * more, and only then closes the door and waits for those inside: docs/decisions/0007-goodbye-before-leaving.md.
 */
export async function goodbye(options: GoodbyeOptions): Promise<void> {
  const { listener, registrations, quietMs, noticeMs, drainTimeoutMs, clock, logger } = options
  const until = clock.now() + noticeMs
  listener.leave()
  const unregistered = Promise.all(registrations.map((registration) => registration[Symbol.asyncDispose]()))
  const otherwise = (): Error => new Error(`the registry did not take us out within ${noticeMs} ms`)
  await bounded(unregistered, { clock, ms: noticeMs, otherwise }).catch((error: unknown) => {
    logger.warn({ error }, 'leaving without having unregistered')
  })
  const told = clock.now()
  for (;;) {
    const now = clock.now()
    const left = Math.min(until, Math.max(told, listener.lastCallAt) + quietMs) - now
    if (left <= 0) break
    await sleep(clock, left)
  }
  await listener.close(drainTimeoutMs)
}
