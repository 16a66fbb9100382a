/** What was measured of one subject, and what it was held to. */
export interface Figure {
  /** Who: a balancer, a strategy, a part of the world. */
  readonly subject: string
  /** What, with its unit: `p99 ms`, `attempts per call`. */
  readonly measure: string
  readonly value: number
  /** Absent: told for comparison. */
  readonly bound?: Bound
}

export interface Bound {
  readonly text: string
  holds(value: number): boolean
}

/** A day in the life of a cluster, with bounds on what becomes of it. */
export interface Scenario {
  readonly name: string
  /** The same seed, the same figures. */
  run(seed: number): Promise<readonly Figure[]>
}

export const atMost = (most: number): Bound => ({ text: `<= ${most}`, holds: (value) => value <= most })
export const atLeast = (least: number): Bound => ({ text: `>= ${least}`, holds: (value) => value >= least })
export const exactly = (wanted: number): Bound => ({ text: `= ${wanted}`, holds: (value) => value === wanted })
export const within = (least: number, most: number): Bound => ({
  text: `${least} to ${most}`,
  holds: (value) => value >= least && value <= most,
})

export const figure = (subject: string, measure: string, value: number, bound?: Bound): Figure =>
  bound === undefined ? { subject, measure, value } : { subject, measure, value, bound }
