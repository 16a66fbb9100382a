import { byLabel, type Router } from '../router.ts'

export interface VersionOptions {
  /** The version a peer must advertise, to the letter. */
  readonly version: string
}

/** Keeps calls on peers of one version. A peer that advertises none is not of it. */
export function version({ version }: VersionOptions): Router {
  return byLabel({
    label: () => version,
    keep: ({ record }, wanted) => record.version === wanted,
    asks: (wanted) => `of version ${JSON.stringify(wanted)}`,
  })
}
