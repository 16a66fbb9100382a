import { rounded } from './numbers.ts'

/** What a ratio may be. */
export interface Bound {
  readonly least?: number
  readonly most?: number
}

/** A ratio that the project promises, and whether it was kept. */
export interface Promised extends Bound {
  /** Such as `stream/net-json`. */
  readonly name: string
  readonly ratio: number
  readonly kept: boolean
}

/** Holds a ratio to its bound. One that is no number is not kept. */
export function promised(name: string, ratio: number, { least, most }: Bound): Promised {
  const kept = ratio >= (least ?? 0) && ratio <= (most ?? Number.POSITIVE_INFINITY)
  return { name, ratio: rounded(ratio, 3), kept, ...(least && { least }), ...(most && { most }) }
}

export const boundText = ({ least, most }: Bound): string =>
  [least && `at least ${least}`, most && `at most ${most}`].filter(Boolean).join(', ')
