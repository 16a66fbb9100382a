import type { Clock } from '@kumquat/core'
import { onAbort } from './on-abort.ts'

export interface BoundedOptions {
  readonly clock: Clock
  /** Default: no bound of time. */
  readonly ms?: number
  /** Ends the waiting at once. */
  readonly signal?: AbortSignal | undefined
  /** What to reject with, when time is over or the signal aborts. */
  readonly otherwise: () => unknown
}

/** Waits for `work`, but not for ever. The work itself goes on; its late result or failure is nobody's. */
export function bounded<T>(work: Promise<T>, { clock, ms, signal, otherwise }: BoundedOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      timer?.[Symbol.dispose]()
      abort?.[Symbol.dispose]()
      settle()
    }
    const giveUp = (): void => end(() => reject(otherwise()))
    const timer = ms === undefined ? undefined : clock.after(ms, giveUp, { keepAlive: true })
    const abort = signal && onAbort(signal, giveUp)
    if (signal?.aborted) giveUp()
    work.then(
      (value) => end(() => resolve(value)),
      (error: unknown) => end(() => reject(error)),
    )
  })
}
