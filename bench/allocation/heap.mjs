import { PerformanceObserver } from 'node:perf_hooks'

// Exact while nothing is collected: the young generation is so large (flags of the process) that a whole round fits into it,
// so the heap grows by what is allocated, and by nothing else. A round in which something was collected all the same is
// told as such and does not count. A sampling profiler would guess, and would count itself.

let collections = 0
new PerformanceObserver((list) => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })

let before = 0

/** Collects everything, and begins to count. */
export async function begin() {
  globalThis.gc()
  await told()
  collections = 0
  before = process.memoryUsage().heapUsed
}

/** Bytes allocated since, and how often something was collected. */
export async function end() {
  const bytes = process.memoryUsage().heapUsed - before
  await told()
  return { bytes, collections }
}

/** The observer is told of a collection in a later turn. */
async function told() {
  for (let i = 0; i < 3; i++) await new Promise((resolve) => setImmediate(resolve))
}
