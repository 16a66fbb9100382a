import { type Clock, every } from '@kumquat/core'

/** Calls that go out at a steady rate. */
export interface Load {
  /** No further call goes out; resolves when the last one has ended. */
  stop(): Promise<void>
}

/**
 * Makes calls at a steady rate, whether the earlier ones are answered or not: an open loop, as the calls of many users
 * are. A slow provider thus does not slow down what measures it. `call` must not reject.
 */
export function steadyLoad(ratePerSecond: number, call: () => Promise<void>, clock: Clock): Load {
  const startedAt = clock.now()
  const inFlight = new Set<Promise<void>>()
  let made = 0
  const timer = every(clock, TICK_MS, () => {
    const due = Math.floor(((clock.now() - startedAt) * ratePerSecond) / 1_000)
    for (; made < due; made++) {
      const ending = call().finally(() => inFlight.delete(ending))
      inFlight.add(ending)
    }
  })
  return {
    async stop() {
      timer[Symbol.dispose]()
      await Promise.all(inFlight)
    },
  }
}

const TICK_MS = 5
