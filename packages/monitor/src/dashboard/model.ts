/**
 * What the dashboard's server tells its page: plain JSON, read by `ui/` and by anyone with curl. Times are ms since 1970,
 * durations ms, ratios 0 to 1. A percentile is `null` when nothing was called in the window; percentiles come from merged
 * histograms, never from other percentiles.
 */
export interface Snapshot {
  /** Grows by one with each snapshot or tick; the `id` of the server-sent event. */
  readonly seq: number
  readonly at: number
  readonly registry: RegistryView
  readonly scrape: ScrapeView
  readonly totals: Figures
  readonly services: readonly ServiceView[]
  /** Of all services together, oldest first. */
  readonly history: readonly Point[]
}

/** One second's news: the services that changed, whole; the names of those that are gone; the newest point. */
export interface Tick {
  readonly seq: number
  readonly at: number
  readonly registry: RegistryView
  readonly scrape: ScrapeView
  readonly totals: Figures
  readonly changed: readonly ServiceView[]
  readonly gone: readonly string[]
  /** The newest point of all services together. */
  readonly point: Point
}

export interface RegistryView {
  /** Without user and password. */
  readonly url: string
  readonly state: 'connected' | 'suspended' | 'lost' | 'closed'
  /** When the state last changed. */
  readonly since: number
}

/** How the pull of the providers' statistics went in the last round. */
export interface ScrapeView {
  readonly answered: number
  readonly asked: number
  /** End of the last round; `null` before the first. */
  readonly at: number | null
}

/** Live figures over the last 10 s. */
export interface Figures {
  readonly callsPerSecond: number
  readonly errorRatio: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
  /** Since the dashboard first saw it. */
  readonly calls: number
  readonly inFlight: number
}

/** One second. */
export interface Point {
  readonly at: number
  readonly callsPerSecond: number
  readonly grayPerSecond: number
  readonly errorsPerSecond: number
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

export interface ServiceView extends Figures {
  /** `app/group`. */
  readonly key: string
  readonly app: string
  readonly group: string
  readonly versions: readonly string[]
  readonly instances: readonly InstanceView[]
  readonly methods: readonly MethodView[]
  /** Oldest first, at most 300 points. In a tick: the newest point only. */
  readonly history: readonly Point[]
}

/** `suspect`: registered, but its statistics did not answer the last time. `down`: they have not answered three times. */
export type InstanceState = 'up' | 'suspect' | 'down'

export interface InstanceView extends Figures {
  /** `host:port`. */
  readonly id: string
  readonly state: InstanceState
  /** Present for a provider that answers but has no statistics of ours: its figures are 0 and `null` whatever it does. */
  readonly unmeasured?: true
  readonly version: string
  readonly weight: number
  readonly gray: boolean
  readonly zone: string
  readonly methods: readonly string[]
  /** 0 when unknown. */
  readonly startedAt: number
  /** Part of the service's calls in the window that went here, and the part that its weight within its lane promises. */
  readonly share: number
  readonly expectedShare: number
}

/** Every registered method is listed, also with no calls. */
export interface MethodView extends Figures {
  readonly name: string
}
