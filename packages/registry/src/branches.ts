import type { Store } from '@kumquat/core'
import { type LastingWatchOptions, lastingWatch } from './lasting-watch.ts'

/** Opens what belongs to one child; disposed when the child is gone. Undefined = not interested. */
export type OpenBranch = (name: string) => Disposable | undefined

/** Follows the children of `path`: one open branch for each that is there. */
export function branches(store: Store, path: string, open: OpenBranch, options: LastingWatchOptions): Disposable {
  const opened = new Map<string, Disposable | undefined>()
  const keepOnly = (names: ReadonlySet<string>): void => {
    for (const [name, branch] of opened) {
      if (names.has(name)) continue
      opened.delete(name)
      branch?.[Symbol.dispose]()
    }
  }
  const watch = lastingWatch(
    store,
    path,
    (entries) => {
      keepOnly(new Set(entries.map(({ name }) => name)))
      for (const { name } of entries) if (!opened.has(name)) opened.set(name, open(name))
    },
    options,
  )
  return {
    [Symbol.dispose]() {
      watch[Symbol.dispose]()
      keepOnly(new Set())
    },
  }
}
