import { Cell, type Live, type ProviderRecord } from '@kumquat/core'
import type { Subset } from './subset.ts'

/**
 * A subset that follows the records: put it between discovery and `directory`, and no connection is opened to the
 * others. Changes only when the subset does. Dispose to stop following.
 */
export function subsetOf(
  records: Live<readonly ProviderRecord[]>,
  subset: Subset,
): Live<readonly ProviderRecord[]> & Disposable {
  const cell = new Cell(subset(records.current))
  const following = records.subscribe((changed) => {
    const chosen = subset(changed)
    if (!sameOnes(chosen, cell.current)) cell.set(chosen)
  })
  return {
    get current() {
      return cell.current
    },
    subscribe: (listener) => cell.subscribe(listener),
    [Symbol.dispose]: () => following[Symbol.dispose](),
  }
}

const sameOnes = (a: readonly ProviderRecord[], b: readonly ProviderRecord[]): boolean =>
  a.length === b.length && a.every((record, index) => record === b[index])
