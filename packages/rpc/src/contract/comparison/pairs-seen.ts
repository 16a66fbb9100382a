/**
 * Which pairs have been met. A schema may contain itself by reference: what is being compared already is taken to be alike, and is
 * not compared again.
 */
export class PairsSeen {
  readonly #partners = new Map<unknown, Set<unknown>>()

  /** True the first time. */
  isNew(before: unknown, after: unknown): boolean {
    const partners = this.#partners.get(before) ?? new Set()
    this.#partners.set(before, partners)
    if (partners.has(after)) return false
    partners.add(after)
    return true
  }
}
