import type { Peer, SomePeers } from '@kumquat/cluster'
import { type Invocation, providerRecord } from '@kumquat/core'

/** Idle peers of these weights, of which nobody asks more than to be picked. */
export const peersOf = (weights: readonly number[]): SomePeers =>
  weights.map(
    (weight, n): Peer => ({
      record: providerRecord({ host: `10.1.${n >> 8}.${n & 255}`, port: 20_000, weight }),
      status: 'open',
      load: () => 0,
      invoke: async () => ({ value: n }),
    }),
  ) as readonly Peer[] as SomePeers

/** A call with a key as its first argument. */
export const keyed = (key: string): Invocation => ({
  service: { app: 'simulated', group: 'service' },
  method: 'call',
  args: [key],
  attachments: {},
  idempotent: true,
})

export const equal = (count: number, weight = 100): readonly number[] => Array.from({ length: count }, () => weight)
