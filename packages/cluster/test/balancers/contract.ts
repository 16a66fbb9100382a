import type { Balancer, SomePeers } from '@kumquat/cluster'
import { type Invocation, type Rng, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, counts, forgotten, peersOf } from '../parts.ts'

/** What every balancer must do, whatever its rule. Each call asks with a key of its own as the first argument. */
export function balancerContract(name: string, make: (rng: Rng) => Balancer): void {
  describe(`${name}, as every balancer,`, () => {
    it('picks a peer of the set it is given, one with weight if there is one', () => {
      const weights = fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 300 }), fc.constant(10_000)), {
        minLength: 1,
        maxLength: 12,
      })
      fc.assert(
        fc.property(fc.array(weights, { minLength: 1, maxLength: 5 }), fc.integer(), (sets, seed) => {
          const balance = make(seededRng(seed))
          for (const set of [...sets, ...sets].map((one) => peersOf(...one))) {
            for (let i = 0; i < 20; i++) expect(set).to.include(balance(set, keyed(i)))
          }
        }),
        { numRuns: 50 },
      )
    })

    it('reaches every peer', () => {
      const set = peersOf(100, 100, 100, 100, 100, 100, 100)
      expect(picks(make(seededRng(1)), () => set, 2_000)).to.not.include(0)
    })

    it('gives everybody a fair share of a set that never changes', () => {
      const set = peersOf(100, 100, 100, 100)
      for (const share of picks(make(seededRng(2)), () => set, 8_000)) expect(share).to.be.within(1_200, 2_800)
    })

    it('gives everybody a fair share when every call brings a fresh array', () => {
      const set = peersOf(100, 100, 100, 100)
      const fresh = (): SomePeers => [...set]
      for (const share of picks(make(seededRng(3)), fresh, 2_000)) expect(share).to.be.within(300, 700)
    })

    it('treats all as equal when nobody has weight', () => {
      const set = peersOf(0, 0, 0, 0)
      for (const share of picks(make(seededRng(4)), () => set, 8_000)) expect(share).to.be.within(1_200, 2_800)
    })

    it('picks one even if its dice show a full 1, as rounding may', () => {
      for (const set of [peersOf(100, 100, 100), peersOf(1, 2, 3), peersOf(10_000, 9_999, 9_998)]) {
        const balance = make(() => 1)
        for (let i = 0; i < 10; i++) expect(set).to.include(balance(set, keyed(i)))
      }
    })

    it('forgets a set that nobody else holds', async () => {
      const balance = make(seededRng(5))
      const use = (): WeakRef<SomePeers> => {
        const set = peersOf(100, 200, 300)
        balance(set, keyed(0))
        return new WeakRef(set)
      }
      const used = use()
      await forgotten(used)
      expect(balance(peersOf(1), keyed(1)).record.weight).to.equal(1)
    })

    it('picks the same with the same seed', () => {
      const set = peersOf(3, 100, 17, 1, 56)
      const twice = [make(seededRng(5)), make(seededRng(5))].map((balance) =>
        Array.from({ length: 50 }, (_, i) => balance(set, keyed(i)).record.id),
      )
      expect(twice[0]).to.deep.equal(twice[1])
    })
  })
}

/** For those that act on weights. */
export function weightedContract(name: string, make: (rng: Rng) => Balancer): void {
  describe(`${name}, as every balancer that acts on weights,`, () => {
    it('keeps a peer of weight 0 out while another has weight', () => {
      const set = peersOf(0, 100, 0, 5)
      const balance = make(seededRng(6))
      const [a, b, c, d] = picks(balance, () => set, 2_000)
      expect([a, c]).to.deep.equal([0, 0])
      expect([b, d]).to.not.include(0)
    })

    it('gives each peer its share by weight', () => {
      const set = peersOf(100, 300, 600)
      const seen = picks(make(seededRng(7)), () => set, 20_000)
      expect(seen[0]! / 20_000).to.be.closeTo(0.1, 0.04)
      expect(seen[1]! / 20_000).to.be.closeTo(0.3, 0.06)
      expect(seen[2]! / 20_000).to.be.closeTo(0.6, 0.06)
    })

    it('splits 1:1 and 90:10 as asked', () => {
      for (const [a, b] of [
        [1, 1],
        [90, 10],
      ] as const) {
        const set = peersOf(a, b)
        const [first] = picks(make(seededRng(8)), () => set, 20_000)
        expect(first! / 20_000).to.be.closeTo(a / (a + b), 0.05)
      }
    })
  })
}

const keyed = (i: number): Invocation => call({ args: [`key ${i}`] })

/** How often each peer is picked in `times` calls, by its place in the set. */
function picks(balance: Balancer, peersAt: () => SomePeers, times: number): readonly number[] {
  const places = peersAt()
  let i = 0
  return counts(() => places.indexOf(balance(peersAt(), keyed(i++))), times, places.length)
}
