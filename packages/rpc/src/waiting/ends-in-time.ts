/** A call that is answered at its time by who hands it over, so that nobody need wait beside it. A copy of it is not. */
export interface EndsInTime {
  /** Answers with `late()` at this time of the clock, unless it has been answered. False: it will not, and somebody else must. */
  endAt(at: number, late: () => Error): boolean
}

/** The same for any call: false for one that does not end by itself. */
export const endsAt = (call: object, at: number, late: () => Error): boolean =>
  'endAt' in call && (call as EndsInTime).endAt(at, late)
