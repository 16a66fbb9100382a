/** A step of a path of names. Small maps in one another are faster to search than one map of joined names. */
export type Branch<T> = Map<string, T>

/** The branch of this name, made now if there is none. */
export function grow<T>(from: Branch<Branch<T>>, name: string): Branch<T> {
  const found = from.get(name)
  if (found !== undefined) return found
  const made: Branch<T> = new Map()
  from.set(name, made)
  return made
}
