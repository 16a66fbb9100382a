import { Range, valid } from 'semver'

/**
 * Reads what is asked of a version: a semver range such as `^2.1` or `>=1.2 <3 || 4.x`, as npm understands it; anything
 * else, a full version included, means exactly these letters. The letters themselves always fit.
 */
export function versionPattern(wanted: string): (version: string) => boolean {
  const range = rangeOf(wanted)
  return range === undefined ? (version) => version === wanted : (version) => version === wanted || range.test(version)
}

function rangeOf(wanted: string): Range | undefined {
  // semver reads the empty text as "any"; here it is the version of who names none.
  if (wanted === '' || wanted.length > MAX_LENGTH || valid(wanted) !== null) return undefined
  try {
    return new Range(wanted)
  } catch {
    return undefined
  }
}

/** A range may come with a call: what is longer is not worth the parsing. */
const MAX_LENGTH = 256
