import {
  type Balancer,
  byArgument,
  consistentHash,
  ketama,
  leastLoaded,
  maglev,
  meanResponse,
  p2c,
  peakEwma,
  pending,
  random,
  rendezvous,
  roundRobin,
  shortestResponse,
  weightedRoundRobin,
} from '@kumquat/cluster'
import type { Clock, Rng } from '@kumquat/core'

export type MakeBalancer = (parts: { readonly clock: Clock; readonly rng: Rng }) => Balancer

const key = byArgument(0)

/** Those that go by turns or by chance. */
export const BLIND = {
  'round-robin': roundRobin,
  'weighted-round-robin': weightedRoundRobin,
  random,
} satisfies Readonly<Record<string, MakeBalancer>>

/** Those that look at loads. */
export const SEEING = {
  'least-loaded': leastLoaded,
  'p2c peak-ewma': ({ clock, rng }) => p2c({ load: peakEwma({ clock }), rng }),
  'p2c pending': ({ rng }) => p2c({ load: pending, rng }),
  'shortest-response': ({ clock, rng }) => shortestResponse({ load: meanResponse({ clock }), rng }),
} satisfies Readonly<Record<string, MakeBalancer>>

/** Those that go by the first argument. */
export const KEYED = {
  'consistent-hash': ({ rng }) => consistentHash({ key, rng }),
  ketama: ({ rng }) => ketama({ key, rng }),
  rendezvous: ({ rng }) => rendezvous({ key, rng }),
  maglev: ({ rng }) => maglev({ key, rng }),
} satisfies Readonly<Record<string, MakeBalancer>>
