import { monitorEventLoopDelay } from 'node:perf_hooks'
import { sleep, systemClock } from '@kumquat/core'

/** Bytes in use once everything is collected that can be. */
export async function used() {
  for (let i = 0; i < 3; i++) {
    await new Promise((resolve) => setImmediate(resolve))
    globalThis.gc()
  }
  const { heapUsed, rss } = process.memoryUsage()
  return { heap: heapUsed, rss }
}

/** Does it, and tells the longest time in ms in which nothing else could run meanwhile. */
export async function watched(task) {
  const delay = monitorEventLoopDelay({ resolution: 1 })
  delay.enable()
  // It counts from one of its ticks to the next.
  await sleep(systemClock, 20)
  const result = await task()
  await sleep(systemClock, 20)
  delay.disable()
  return { ...result, stallMs: delay.max / 1e6 }
}
