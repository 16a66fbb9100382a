import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Peer, SomePeers } from '@kumquat/cluster'
import { type Invocation, type ProviderRecord, providerRecord } from '@kumquat/core'
import { eventually, type FakeEndpoints, fakeEndpoints } from '@kumquat/core/testing'
import { expect } from 'chai'

/** The n-th of a row of providers. */
export const record = (n: number, known: Partial<ProviderRecord> = {}): ProviderRecord =>
  providerRecord({ host: '10.0.0.1', port: 20_000 + n, ...known })

export const call = (known: Partial<Invocation> = {}): Invocation => ({
  service: { app: 'movie', group: 'catalog' },
  method: 'getMovieById',
  args: [],
  attachments: {},
  idempotent: false,
  ...known,
})

/** An idle peer that answers with its own id. */
export const peer = (n: number, known: Partial<ProviderRecord> = {}, load = 0): Peer => {
  const own = record(n, known)
  return { record: own, status: 'open', load: () => load, invoke: async () => ({ value: own.id }) }
}

export const peersOf = (...weights: readonly number[]): SomePeers =>
  weights.map((weight, n) => peer(n, { weight })) as readonly Peer[] as SomePeers

export const idsOf = (peers: readonly Peer[]): readonly string[] => peers.map(({ record }) => record.id)

/** How often each index comes in `times` turns. */
export function counts(next: () => number, times: number, size: number): readonly number[] {
  const seen = new Array<number>(size).fill(0)
  for (let i = 0; i < times; i++) seen[next()]! += 1
  return seen
}

/** Waits until the garbage collector has taken all that `refs` point at. */
export async function forgotten(...refs: readonly WeakRef<object>[]): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  await eventually(() => {
    collect()
    expect(refs.filter((ref) => ref.deref() !== undefined)).to.have.length(0)
  })
}

/** Endpoints in memory: what they do, and what became of them, by provider id. */
export type Wire = FakeEndpoints
export const wire: () => Wire = fakeEndpoints

/** A promise to settle by hand. */
export function gate<T>(): { readonly promise: Promise<T>; readonly open: (value: T) => void } {
  let open!: (value: T) => void
  const promise = new Promise<T>((resolve) => {
    open = resolve
  })
  return { promise, open }
}
