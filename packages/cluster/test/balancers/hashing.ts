import type { Balancer, Hash, Key, SomePeers } from '@kumquat/cluster'
import { type Rng, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, idsOf, peer, peersOf } from '../parts.ts'

export interface Hashing {
  readonly make: (options?: { readonly key?: Key; readonly rng?: Rng }) => Balancer
  /** Keys of others that move when one of n comes or goes, as a part of the 1/n that must. */
  readonly strays: number
  /** Who has the keys `user 0`, `user 1` … of five peers of the weights 100, 100, 200, 300 and 50. */
  readonly places: string
}

/** What every balancer must do that sends keys to peers. */
export function hashingContract(name: string, { make, strays, places }: Hashing): void {
  const KEYS = Array.from({ length: 2_000 }, (_, i) => `user ${i}`)
  const owners = (peers: SomePeers, keys: readonly unknown[] = KEYS, balance = make()): readonly string[] =>
    keys.map((key) => balance(peers, call({ args: [key] })).record.id)
  const ports = fc.uniqueArray(fc.integer({ min: 0, max: 40_000 }), { minLength: 2, maxLength: 12 })

  /** Compares the owners of keys in two sets that differ by one peer. */
  const moves = (small: readonly string[], large: readonly string[], odd: string) => ({
    own: large.filter((owner) => owner === odd).length,
    strays: large.filter((owner, i) => owner !== odd && owner !== small[i]).length,
  })

  describe(`${name}, as every balancer that hashes,`, () => {
    it('sends equal keys to the same peer, at every client and in every order of the peers', () => {
      fc.assert(
        fc.property(ports, fc.func(fc.integer()), (all, rank) => {
          const shuffled = [...all].sort((a, b) => rank(a) - rank(b))
          expect(owners(setOf(shuffled), KEYS.slice(0, 300))).to.deep.equal(owners(setOf(all), KEYS.slice(0, 300)))
        }),
        { numRuns: 20 },
      )
    })

    it('puts keys where every version of it did, so that clients agree while they are being replaced', () => {
      const peers = peersOf(100, 100, 200, 300, 50)
      const seen = owners(peers, KEYS.slice(0, places.length)).map((id) => idsOf(peers).indexOf(id))
      expect(seen.join('')).to.equal(places)
    })

    it('cares nothing for the order of peers with unequal weights', () => {
      const all = Array.from({ length: 30 }, (_, n) => n)
      const weightOf = (n: number): number => 20 + ((n * 37) % 200)
      const straight = owners(setOf(all, weightOf))
      expect(owners(setOf(all.toReversed(), weightOf))).to.deep.equal(straight)
      expect(new Set(straight).size).to.equal(30)
    })

    it('moves no key of others, or few, when one comes or goes, and of all at most 1.1/n on average', () => {
      for (const n of [3, 8, 11]) {
        const all = Array.from({ length: n }, (_, port) => port)
        const large = owners(setOf(all))
        let moved = 0
        for (const port of all) {
          const seen = moves(owners(setOf(all.filter((one) => one !== port))), large, peer(port).record.id)
          expect(seen.strays).to.be.at.most((strays * KEYS.length) / n)
          expect(seen.own).to.be.within((0.5 * KEYS.length) / n, (1.6 * KEYS.length) / n)
          moved += seen.own + seen.strays
        }
        expect(moved / n).to.be.at.most(((1.1 + strays) * KEYS.length) / n)
      }
    })

    it('spreads keys over ten peers, whatever they look like', () => {
      const peers = setOf(Array.from({ length: 10 }, (_, n) => n))
      const looks: readonly ((i: number) => unknown)[] = [
        (i) => i,
        (i) => `user-${i}`,
        (i) => `${i}-user`,
        (i) => i * 4096,
        (i) => ({ id: i }),
        (i) => 'x'.repeat(i % 100) + i,
      ]
      for (const look of looks) {
        const seen = new Map<string, number>()
        const keys = Array.from({ length: 5_000 }, (_, i) => look(i))
        for (const id of owners(peers, keys)) seen.set(id, (seen.get(id) ?? 0) + 1)
        expect(seen.size).to.equal(10)
        for (const share of seen.values()) expect(share).to.be.within(300, 800)
      }
    })

    it('goes by the first argument, in which 1 and "1" are one key', () => {
      const peers = setOf(Array.from({ length: 10 }, (_, n) => n))
      const numbers = Array.from({ length: 200 }, (_, i) => i)
      expect(owners(peers, numbers)).to.deep.equal(owners(peers, numbers.map(String)))
      const balance = make()
      for (const args of [['a'], ['a', 1], ['a', { b: 2 }]]) {
        expect(balance(peers, call({ args })).record.id).to.equal(owners(peers, ['a'])[0])
      }
    })

    it('spreads calls without a key by weight', () => {
      const peers = peersOf(100, 300, 0)
      const balance = make({ rng: seededRng(1) })
      const seen = [0, 0, 0]
      for (let i = 0; i < 4_000; i++) seen[peers.indexOf(balance(peers, call({ args: [] })))]! += 1
      expect(seen[0]).to.be.within(900, 1_100)
      expect(seen[2]).to.equal(0)
      const keyless = make({ key: () => undefined, rng: () => 0.999 })
      expect(keyless(peersOf(1, 1, 1), call({ args: ['a'] })).record.id).to.equal(idsOf(peersOf(1, 1, 1))[2])
    })

    it('takes any key', () => {
      const one = peersOf(1)
      const four = peersOf(1, 1, 1, 1)
      for (const key of ['', 'a', '\u{1f34a}', 'x'.repeat(10_000), '\ud800', -1, Number.NaN, true, [], {}, null]) {
        expect(make()(one, call({ args: [key] }))).to.equal(one[0])
        expect(four).to.include(make()(four, call({ args: [key] })))
      }
    })

    it('takes fractional weights, as warming peers have', () => {
      const seen = owners(peersOf(0.5, 1.25, 0.25))
      const share = (index: number): number =>
        seen.filter((id) => id === idsOf(peersOf(1, 1, 1))[index]).length / KEYS.length
      expect(share(0)).to.be.closeTo(0.25, 0.06)
      expect(share(1)).to.be.closeTo(0.625, 0.08)
      expect(share(2)).to.be.closeTo(0.125, 0.05)
    })
  })
}

/** For those that take a hash of 32 bits. */
export function pluggableContract(name: string, make: (hash: Hash) => Balancer): void {
  describe(`${name}, as every balancer with a hash of 32 bits,`, () => {
    it('hashes keys and names with the function it is given', () => {
      const asked: string[] = []
      const balance = make((text) => {
        asked.push(text)
        return text.length * 0x9e3779b1
      })
      const peers = peersOf(1, 1)
      balance(peers, call({ args: ['the key'] }))
      expect(asked).to.include.members(['the key', ...idsOf(peers)])
      const before = asked.length
      balance(peers, call({ args: ['another'] }))
      expect(asked.slice(before)).to.deep.equal(['another'])
    })

    it('is not confused by a hash with a sign, whose order as text is not its order as a number', () => {
      const signed: Hash = (text) => {
        let bits = 7
        for (const unit of text) bits = (Math.imul(bits, 0x5bd1e995) + unit.charCodeAt(0)) ^ (bits >>> 15)
        return Math.imul(bits ^ (bits >>> 13), 0x5bd1e995) | 0
      }
      const peers = setOf(Array.from({ length: 10 }, (_, n) => n))
      const [plain, unsigned] = [make(signed), make((text) => signed(text) >>> 0)]
      const seen = new Map<string, number>()
      for (let i = 0; i < 20_000; i++) {
        const { id } = plain(peers, call({ args: [`key ${i}`] })).record
        expect(unsigned(peers, call({ args: [`key ${i}`] })).record.id).to.equal(id)
        seen.set(id, (seen.get(id) ?? 0) + 1)
      }
      expect(seen.size).to.equal(10)
      for (const share of seen.values()) expect(share).to.be.within(1_400, 2_800)
    })
  })
}

/** Peers by their ports. */
export const setOf = (ports: Iterable<number>, weightOf: (port: number) => number = () => 100): SomePeers =>
  [...ports].map((n) => peer(n, { weight: weightOf(n) })) as unknown as SomePeers
