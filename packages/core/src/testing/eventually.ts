import { sleep } from '../clock.ts'
import { systemClock } from '../runtime.ts'

export interface EventuallyOptions {
  /** Bound of the waiting. Default 5 000. */
  readonly withinMs?: number
  /** Time between two looks. Default 10. */
  readonly everyMs?: number
}

/** Runs `check` until it no longer throws and returns what it returned; at the bound, throws what it last threw. */
export async function eventually<T>(
  check: () => T | Promise<T>,
  { withinMs = 5_000, everyMs = 10 }: EventuallyOptions = {},
): Promise<T> {
  const bound = systemClock.now() + withinMs
  for (;;) {
    try {
      return await check()
    } catch (error) {
      if (systemClock.now() >= bound) throw error
    }
    await sleep(systemClock, everyMs)
  }
}
