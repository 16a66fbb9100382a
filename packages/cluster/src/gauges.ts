import type { Invocation } from '@kumquat/core'
import type { CallEnded, Load, LoadMetric } from './load.ts'
import { pending } from './loads/pending.ts'

/** Of a metric that is read beside the latest one. */
interface Gauge {
  readonly metric: LoadMetric
  readonly load: Load
}

/**
 * The loads of one peer, each begun when its metric is first asked for: balancers that want different metrics can share
 * a peer and be switched while it serves, and nobody pays for a metric that nobody reads. Calls in flight are always
 * counted, so that `pending` is right from the start.
 */
export class Gauges {
  #inFlight = 0
  /** The latest gauge stands here: each object more that a pick reads costs it a look into memory. */
  #metric: LoadMetric | undefined
  #load: Load | undefined
  /** The youngest first. */
  #others: readonly Gauge[] = NONE

  value(metric: LoadMetric): number {
    if (metric === pending) return this.#inFlight
    if (metric === this.#metric) return this.#load!.value
    const known = this.#others.find((gauge) => gauge.metric === metric)
    return (known?.load ?? this.#add(metric)).value
  }

  begin(invocation: Invocation): CallEnded {
    this.#inFlight++
    let ended = this.#load?.begin(invocation)
    for (const { load } of this.#others) ended = both(ended, load.begin(invocation))
    return (reply, error) => {
      this.#inFlight--
      ended?.(reply, error)
    }
  }

  #add(metric: LoadMetric): Load {
    const load = metric()
    if (this.#metric !== undefined && this.#load !== undefined) {
      this.#others = [{ metric: this.#metric, load: this.#load }, ...this.#others].slice(0, MAX_METRICS - 1)
    }
    this.#metric = metric
    this.#load = load
    return load
  }
}

/** Each costs something with every call; those of balancers no longer used must not pile up. The eldest goes. */
const MAX_METRICS = 4
const NONE: readonly Gauge[] = []

function both(first: CallEnded | undefined, second: CallEnded): CallEnded {
  if (first === undefined) return second
  return (reply, error) => {
    first(reply, error)
    second(reply, error)
  }
}
