import type { Peers } from '../peer.ts'

/** Builds one table for each set of peers, when it is first asked for, and keeps it for as long as the set lives. */
export function perSet<Set extends Peers, Table extends object>(build: (peers: Set) => Table): (peers: Set) => Table {
  const tables = new WeakMap<Set, Table>()
  return (peers) => {
    const known = tables.get(peers)
    if (known !== undefined) return known
    const built = build(peers)
    tables.set(peers, built)
    return built
  }
}
