import type { Clock, Logger } from '@kumquat/core'
import type { Presence } from './presence.ts'

/** When a provider enters the registry: at its start, when told to, some time later, or when this promise is kept. */
export type RegisterWhen = 'now' | 'manual' | { readonly afterMs: number } | PromiseLike<unknown>

export interface RegisterWhenOptions {
  readonly presence: Presence
  readonly clock: Clock
  readonly logger: Logger
}

/** Registers at its time, at most once. Disposed before, it does not. */
export function registerWhen(when: RegisterWhen, { presence, clock, logger }: RegisterWhenOptions): Disposable {
  let isOff = false
  const register = (): void => {
    // What fails is logged by the presence, which tries again.
    if (!isOff) presence.register().catch(() => {})
  }
  const timer = typeof when === 'object' && 'afterMs' in when ? clock.after(when.afterMs, register) : undefined
  if (typeof when === 'object' && 'then' in when) {
    when.then(register, (error: unknown) => {
      if (!isOff)
        logger.error({ error }, 'not registered: what that waited for failed; call register() once all is well')
    })
  }
  return {
    [Symbol.dispose]() {
      isOff = true
      timer?.[Symbol.dispose]()
    },
  }
}

/** Throws `TypeError` or `RangeError` naming what is no time to register at. */
export function assertRegisterWhen(when: unknown): void {
  if (when === 'now' || when === 'manual') return
  if (typeof when === 'object' && when !== null) {
    if ('then' in when && typeof when.then === 'function') return
    if ('afterMs' in when) {
      assertDelay(when.afterMs)
      return
    }
  }
  throw new TypeError(
    `register must be "now", "manual", { afterMs } or a promise, got ${JSON.stringify(when) ?? String(when)}`,
  )
}

function assertDelay(afterMs: unknown): void {
  if (typeof afterMs === 'number' && Number.isInteger(afterMs) && afterMs >= 0 && afterMs < 2 ** 31) return
  throw new RangeError(`register.afterMs must be an integer from 0 to ${2 ** 31 - 1}, got ${afterMs}`)
}
