import type { Invocation } from '@kumquat/core'
import type { CallEnded, Load, LoadMetric } from './load.ts'

/**
 * The loads of one peer, each begun when its metric is first asked for: balancers that want different metrics can share
 * a peer and be switched while it serves, and nobody pays for a metric that nobody reads.
 */
export class Gauges {
  readonly #metrics: LoadMetric[] = []
  readonly #loads: Load[] = []

  value(metric: LoadMetric): number {
    const at = this.#metrics.indexOf(metric)
    return (at < 0 ? this.#add(metric) : this.#loads[at]!).value
  }

  begin(invocation: Invocation): CallEnded {
    const loads = this.#loads
    if (loads.length === 0) return ignore
    if (loads.length === 1) return loads[0]!.begin(invocation)
    const ends = loads.map((load) => load.begin(invocation))
    return (reply, error) => {
      for (const ended of ends) ended(reply, error)
    }
  }

  #add(metric: LoadMetric): Load {
    const load = metric()
    if (this.#metrics.length === MAX_METRICS) {
      this.#metrics.shift()
      this.#loads.shift()
    }
    this.#metrics.push(metric)
    this.#loads.push(load)
    return load
  }
}

/** Each costs something with every call; those of balancers no longer used must not pile up. The eldest goes. */
const MAX_METRICS = 4
const ignore = (): void => {}
