import type { Peer } from '@kumquat/cluster'
import { type Invocation, type ProviderRecord, providerRecord, type Reply, type Status } from '@kumquat/core'

/** A peer that does and is what you say. It notes every call, and answers with its own id. */
export interface FakePeer extends Peer {
  status: Status
  /** What it says of its load, whatever the metric. Default 0. */
  busyness: number
  /** Replace it to answer otherwise, or to fail. */
  answer: (invocation: Invocation) => Promise<Reply>
  /** What it was asked, in order. */
  readonly calls: readonly Invocation[]
}

/** For tests of balancers, routers and strategies: the `n`-th of a row, by default at 10.0.0.1:20000 + n. */
export function fakePeer(n: number, known: Partial<ProviderRecord> = {}): FakePeer {
  const record = providerRecord({ host: '10.0.0.1', port: 20_000 + n, ...known })
  const calls: Invocation[] = []
  const peer: FakePeer = {
    record,
    status: 'open',
    busyness: 0,
    calls,
    load: () => peer.busyness,
    answer: async () => ({ value: record.id }),
    invoke(invocation) {
      calls.push(invocation)
      return peer.answer(invocation)
    },
  }
  return peer
}

/** One fake peer for each weight. */
export const fakePeers = (...weights: readonly number[]): readonly FakePeer[] =>
  weights.map((weight, n) => fakePeer(n, { weight }))
