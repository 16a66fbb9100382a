import { createHash } from 'node:crypto'
import type { Entry, Revision } from '@kumquat/core'

// `{root}/movie/catalog/providers`        hash: the children of that path, name -> value; `{root}/` those of the root
// `{root}:stamps/movie/catalog/providers` hash: name -> number of its last write, and the session that holds it
// `{root}:sessions`                       sorted set: the living, by the time of the tree at which each ends
// `{root}:session:<id>`                   hash: the paths that it holds, and the epoch of its connection
// `{root}:revision`                       number of the last write
// `{root}:changes`                        sorted set: paths, by the number of the last write to a child
// `{root}:clock`                          hash: the time of the tree, which stands still while nobody is heard
// `{root}:changed/movie/catalog/providers` channel: the name of a child of that path that has changed, or anything else

/** What every key of a tree begins with. The braces keep them in one slot of a Redis Cluster. */
export const treeOf = (root: string): string => `{${root}}`

/** Where changes of the children of `path` are published, as a hint. */
export const channelOf = (tree: string, path: string): string => `${tree}:changed${path}`

/** An entry as the scripts know it: the number of its last write is 0 when it was written by hand. */
export function entryOf(path: string, value: string, number: string): Entry {
  return { path, name: path.slice(path.lastIndexOf('/') + 1), value, revision: revisionOf(number, value) }
}

/** As `revisionOf` in `scripts/library.ts`: the value is part of it, since hands that write do not count. */
export function revisionOf(number: string, value: string): Revision {
  return `${number}-${createHash('sha1').update(value).digest('hex').slice(0, 8)}`
}
