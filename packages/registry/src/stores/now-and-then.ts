import type { Clock, Rng } from '@kumquat/core'

/** What every look that nothing asked for needs. */
export interface Rounds {
  readonly clock: Clock
  readonly rng: Rng
  /** From one look to the next, ± 20 %: so those of many processes do not fall together. In ms. */
  readonly everyMs: number
}

const SPREAD = 0.2

/** Runs `task` again and again, first after one interval. It must not throw. Dispose to stop. */
export function nowAndThen({ clock, rng, everyMs }: Rounds, task: () => void): Disposable {
  let timer: Disposable
  const arm = (): void => {
    timer = clock.after(everyMs * (1 - SPREAD + 2 * SPREAD * rng()), () => {
      arm()
      task()
    })
  }
  arm()
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}
