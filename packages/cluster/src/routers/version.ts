import { versionPattern } from '../matching/version-pattern.ts'
import { byLabel, type Router } from '../router.ts'

export interface VersionOptions {
  /** The version a peer must advertise, to the letter, or a semver range such as `^2.1`. */
  readonly version: string
}

/**
 * Keeps calls on peers of one version, or of a range as npm reads it. What is no range, such as `V2`, is matched to the
 * letter, and so is a full version. A peer that advertises none is of none.
 */
export function version({ version }: VersionOptions): Router {
  const fits = versionPattern(version)
  return byLabel({
    label: () => version,
    keep: ({ record }) => fits(record.version),
    asks: (wanted) => `of version ${JSON.stringify(wanted)}`,
    why: ({ record }) => `its version is ${JSON.stringify(record.version)}`,
  })
}
