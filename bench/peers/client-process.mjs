import { systemClock } from '@kumquat/core'
import { request } from './work.mjs'

// The client of one contender, in a process of its own: runs the rounds that it is told to, and tells what came of each.

const [contender, ...addresses] = process.argv.slice(2)
const { connect } = await import(`./${contender}.mjs`)
const call = await connect(addresses)
/** In ms. One for all rounds: 32 MB anew would have the collector at work in each of them. */
const took = new Float64Array(4_000_000)

process.on('message', async (round) => {
  try {
    process.send(await run(round))
  } catch (error) {
    process.send({ failed: String(error) })
  }
})
process.once('disconnect', () => process.exit(0))
process.send({ ready: true })

/** So many callers, each with one call after another; beside them, perhaps, one with large ones. */
async function run({ inFlight, bytes, ms, besideBytes = 0 }) {
  const asked = request(bytes)
  let count = 0
  const until = systemClock.now() + ms
  const caller = async () => {
    for (let then = systemClock.now(); then < until; ) {
      const { id } = await call(asked)
      if (id !== asked.id) throw new Error('another answer than that of this call')
      const now = systemClock.now()
      took[count++ % took.length] = now - then
      then = now
    }
  }
  let large = 0
  const beside = async () => {
    const big = request(besideBytes)
    for (; systemClock.now() < until; large++) {
      const { pad } = await call(big)
      if (pad.length !== big.pad.length) throw new Error('a part of a large answer is missing')
    }
  }
  const cpu = process.cpuUsage()
  const startedAt = systemClock.now()
  await Promise.all([...Array.from({ length: inFlight }, caller), ...(besideBytes > 0 ? [beside()] : [])])
  const seconds = (systemClock.now() - startedAt) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const sorted = took.subarray(0, Math.min(count, took.length)).sort()
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] * 1_000
  return {
    perSecond: count / seconds,
    calls: count + large,
    ...{ p50: at(0.5), p99: at(0.99), p999: at(0.999) },
    cpuUs: (user + system) / (count + large),
    rss: process.memoryUsage.rss(),
  }
}
