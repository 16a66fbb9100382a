import { performance } from 'node:perf_hooks'
import { type Clock, every } from '@kumquat/core'

/** How busy this process is, for the header `kq-load`. Dispose it to stop measuring. */
export interface LoadGauge extends Disposable {
  /** Share of the last second that the event loop was busy, and calls in flight: `elu=0.42, inflight=3`. */
  text(inFlight: number): string
}

/** Measures once a second: the utilisation of the event loop costs more to read than a call can spare. */
export function loadGauge(clock: Clock): LoadGauge {
  let last = performance.eventLoopUtilization()
  let prefix = 'elu=0.00, inflight='
  const timer = every(clock, 1_000, () => {
    const now = performance.eventLoopUtilization()
    prefix = `elu=${performance.eventLoopUtilization(now, last).utilization.toFixed(2)}, inflight=`
    last = now
  })
  return {
    text: (inFlight) => prefix + inFlight,
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  }
}
