import type { Invocation } from '@kumquat/core'
import type { Peers } from '../peer.ts'
import { perSet } from './per-set.ts'

/**
 * Builds one table for each set of peers and each label that calls carry, when it is first asked for. The label must tell
 * apart all that `build` looks at in a call. It may come from outside, a new one with every call: `most` tables are kept for
 * a set, 64 by default, then it begins anew.
 */
export function perLabel<Label, Table extends object>(
  label: (invocation: Invocation) => Label,
  build: (peers: Peers, invocation: Invocation) => Table,
  most: number = MAX_LABELS,
): (peers: Peers, invocation: Invocation) => Table {
  const tables = perSet<Peers, Map<Label, Table>>(() => new Map())
  return (peers, invocation) => {
    const known = tables(peers)
    const asked = label(invocation)
    const remembered = known.get(asked)
    if (remembered !== undefined) return remembered
    const built = build(peers, invocation)
    if (known.size === most) known.clear()
    known.set(asked, built)
    return built
  }
}

const MAX_LABELS = 64
