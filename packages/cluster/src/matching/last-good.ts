import type { Live } from '@kumquat/core'

/**
 * Reads a rule that changes while in use, once for each change and when it is next needed. A mistake in the first one is
 * thrown at once; one in a later rule goes to `onError`, and the last good one stays.
 */
export function lastGood<Rule, Read>(
  rule: Live<Rule>,
  read: (rule: Rule) => Read,
  onError: (error: unknown) => void,
): () => Read {
  let seen = rule.current
  let good = read(seen)
  return () => {
    const current = rule.current
    if (current !== seen) {
      seen = current
      try {
        good = read(current)
      } catch (error) {
        onError(error)
      }
    }
    return good
  }
}
