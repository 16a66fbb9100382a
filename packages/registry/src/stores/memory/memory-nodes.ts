import type { Entry, Revision, WriteOptions } from '@kumquat/core'
import { changedMeanwhile, hasChildren } from '../refusals.ts'

interface Node {
  readonly entry: Entry
  /** Who holds it; absent when it is persistent. */
  readonly owner?: object
  readonly children: Map<string, Node>
}

/** A tree of nodes in memory. A write makes a new entry of the node it changes. */
export class MemoryNodes {
  /** Whether its observers are told of nothing. */
  deaf = false
  readonly #root: Node = node('/', '', '0')
  readonly #observers = new Map<string, Set<() => void>>()
  #writes = 0

  get(path: string): Entry | undefined {
    return this.#find(path)?.entry
  }

  list(path: string): readonly Entry[] {
    const children = [...(this.#find(path)?.children.values() ?? [])]
    return children.map(({ entry }) => entry).sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  ownerOf(path: string): object | undefined {
    return this.#find(path)?.owner
  }

  put(path: string, value: string, { ifRevision }: WriteOptions, owner?: object): Revision {
    this.#expect(path, ifRevision)
    const parent = parentOf(path)
    if (parent !== '/' && !this.#find(parent)) this.put(parent, '', {})
    this.#writes += 1
    const revision = String(this.#writes)
    this.#children(parent).set(nameOf(path), node(path, value, revision, this.#find(path)?.children, owner))
    this.#tell(parent)
    return revision
  }

  delete(path: string, { ifRevision }: WriteOptions = {}): void {
    this.#expect(path, ifRevision)
    const found = this.#find(path)
    if (!found) return
    if (found.children.size > 0) throw hasChildren(path)
    this.#children(parentOf(path)).delete(nameOf(path))
    this.#tell(parentOf(path))
  }

  /** Removes everything that `owner` holds. */
  deleteOwned(owner: object, below: Node = this.#root): void {
    for (const child of [...below.children.values()]) {
      this.deleteOwned(owner, child)
      if (child.owner === owner) this.delete(child.entry.path)
    }
  }

  /** Calls `changed` after each change among the children of `path`. */
  observe(path: string, changed: () => void): Disposable {
    const observers = this.#observers.get(path) ?? new Set()
    this.#observers.set(path, observers.add(changed))
    return {
      [Symbol.dispose]: () => {
        observers.delete(changed)
        if (observers.size === 0) this.#observers.delete(path)
      },
    }
  }

  #find(path: string): Node | undefined {
    const names = path.split('/').filter((name) => name !== '')
    return names.reduce<Node | undefined>((at, name) => at?.children.get(name), this.#root)
  }

  #children(path: string): Map<string, Node> {
    return this.#find(path)?.children ?? new Map()
  }

  #expect(path: string, revision: Revision | null | undefined): void {
    if (revision !== undefined && revision !== (this.get(path)?.revision ?? null)) throw changedMeanwhile(path)
  }

  #tell(path: string): void {
    if (this.deaf) return
    for (const changed of [...(this.#observers.get(path) ?? [])]) changed()
  }
}

function node(
  path: string,
  value: string,
  revision: Revision,
  children = new Map<string, Node>(),
  owner?: object,
): Node {
  const entry = { path, name: nameOf(path), value, revision }
  return owner ? { entry, children, owner } : { entry, children }
}

const parentOf = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'
const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
