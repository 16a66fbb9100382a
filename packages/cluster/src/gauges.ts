import type { Invocation } from '@kumquat/core'
import type { CallEnded, Load, LoadMetric } from './load.ts'
import { pending } from './loads/pending.ts'

/** One of a list, the youngest first: it is read in the memory of one pick after another, where arrays cost more. */
interface Gauge {
  readonly metric: LoadMetric
  readonly load: Load
  elder: Gauge | undefined
}

/**
 * The loads of one peer, each begun when its metric is first asked for: balancers that want different metrics can share
 * a peer and be switched while it serves, and nobody pays for a metric that nobody reads. Calls in flight are always
 * counted, so that `pending` is right from the start.
 */
export class Gauges {
  #inFlight = 0
  #youngest: Gauge | undefined

  value(metric: LoadMetric): number {
    if (metric === pending) return this.#inFlight
    for (let gauge = this.#youngest; gauge !== undefined; gauge = gauge.elder) {
      if (gauge.metric === metric) return gauge.load.value
    }
    return this.#add(metric).value
  }

  begin(invocation: Invocation): CallEnded {
    this.#inFlight++
    let ended: CallEnded | undefined
    for (let gauge = this.#youngest; gauge !== undefined; gauge = gauge.elder) {
      ended = both(ended, gauge.load.begin(invocation))
    }
    return (reply, error) => {
      this.#inFlight--
      ended?.(reply, error)
    }
  }

  #add(metric: LoadMetric): Load {
    const load = metric()
    this.#youngest = { metric, load, elder: this.#youngest }
    let last: Gauge | undefined = this.#youngest
    for (let count = 1; count < MAX_METRICS; count++) last = last?.elder
    if (last !== undefined) last.elder = undefined
    return load
  }
}

/** Each costs something with every call; those of balancers no longer used must not pile up. The eldest goes. */
const MAX_METRICS = 4

function both(first: CallEnded | undefined, second: CallEnded): CallEnded {
  if (first === undefined) return second
  return (reply, error) => {
    first(reply, error)
    second(reply, error)
  }
}
