import { createHistogram } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { systemClock } from '@kumquat/core'
import { request } from '../peers/work.mjs'
import { monotonic } from './monotonic.mjs'

// The client of one contender under an open loop: each call has a time at which it is due, whether or not those before have
// come back, and its latency counts from there. A client that waits for an answer before it asks again leaves out the calls
// that would have suffered meanwhile: coordinated omission.

const [contender, ...addresses] = process.argv.slice(2)
const { connect } = await import(`../peers/${contender}.mjs`)
const call = await connect(addresses)
const metronome = new Worker(new URL('metronome.mjs', import.meta.url))

process.on('message', async (round) => {
  try {
    process.send(await run(round))
  } catch (error) {
    process.send({ failed: String(error) })
  }
})
process.once('disconnect', () => process.exit(0))
process.send({ ready: true })

const LATE_MS = 1
/** For the other thread to wake up. */
const HEAD_START_MS = 20
/** What has not come back so long after the last call was due never will. */
const PATIENCE_MS = 10_000

async function run({ rate, seconds, bytes }) {
  const asked = request(bytes)
  const count = Math.round(rate * seconds)
  // HDR, in ns, within a thousandth up to a minute.
  const latencies = createHistogram({ lowest: 1, highest: 60e9, figures: 3 })
  const figures = { calls: count, errors: 0, reasons: {}, late: 0, latestMs: 0, backlog: 0, overrunMs: 0 }
  const startAt = monotonic() + HEAD_START_MS
  const dueAt = (n) => startAt + (n * 1_000) / rate
  let sent = 0
  let answered = 0
  const failed = (reason, times) => {
    figures.errors += times
    if (times > 0) figures.reasons[reason] = (figures.reasons[reason] ?? 0) + times
  }
  await new Promise((resolve) => {
    const end = systemClock.after(seconds * 1_000 + PATIENCE_MS, () => over(count - answered), { keepAlive: true })
    const over = (missing) => {
      end[Symbol.dispose]()
      failed('no answer', missing)
      figures.overrunMs = monotonic() - dueAt(count - 1)
      resolve()
    }
    const ended = () => {
      if (++answered === count) over(0)
    }
    const send = (due, now) => {
      if (now - due > LATE_MS) figures.late++
      figures.latestMs = Math.max(figures.latestMs, now - due)
      const back = () => {
        latencies.record(Math.max(1, Math.round((monotonic() - due) * 1e6)))
        ended()
      }
      const lost = (error) => {
        failed(error.code ?? error.name, 1)
        ended()
      }
      call(asked).then(back, lost)
    }
    const stroke = ({ of, due }) => {
      // One of the round before may still be on its way.
      if (of !== startAt) return
      const now = monotonic()
      while (sent < count && (sent <= due || dueAt(sent) <= now)) send(dueAt(sent++), now)
      figures.backlog = Math.max(figures.backlog, sent - answered)
      if (sent === count) metronome.off('message', stroke)
    }
    metronome.on('message', stroke)
    metronome.postMessage({ startAt, rate, count })
  })
  const us = (percent) => latencies.percentile(percent) / 1_000
  return { ...figures, p50: us(50), p90: us(90), p99: us(99), p999: us(99.9), max: latencies.max / 1_000 }
}
