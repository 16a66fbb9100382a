/** What one peer did in one interval. */
export interface Sample {
  readonly id: string
  /** Calls that ended and said something of the peer. */
  readonly calls: number
  readonly failures: number
  /** Calls that did not fail, and were no streams. Default: those that did not fail. */
  readonly timed?: number
  /** Their mean duration, in ms; 0 if there were none. */
  readonly meanMs: number
}

export interface Outlier {
  readonly id: string
  /** For people: `86 of 90 calls failed`. */
  readonly reason: string
}

/** Names the peers that do much worse than the others, the worst first. Pure; asked once an interval. */
export type Detector = (samples: readonly Sample[]) => readonly Outlier[]

export interface Volume {
  /** Peers that must have `minCalls`, or nobody is judged. */
  readonly minHosts: number
  /** Calls in the interval below which a peer is not judged. */
  readonly minCalls: number
}

/** The samples that say enough; none if they are too few. */
export function substantial(samples: readonly Sample[], { minHosts, minCalls }: Volume): readonly Sample[] {
  const enough = samples.filter(({ calls }) => calls >= minCalls)
  return enough.length >= minHosts ? enough : []
}

/** Highest badness first. */
export function worstFirst<Bad extends { readonly badness: number }>(bad: readonly Bad[]): readonly Bad[] {
  return [...bad].sort((a, b) => b.badness - a.badness)
}
