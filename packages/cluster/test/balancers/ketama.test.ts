import { createHash } from 'node:crypto'
import { type Digest, ketama, type SomePeers } from '@kumquat/cluster'
import { expect } from 'chai'
import HashRing from 'hashring'
import { call, idsOf, peersOf } from '../parts.ts'
import { balancerContract, weightedContract } from './contract.ts'
import { hashingContract, setOf } from './hashing.ts'

balancerContract('ketama', (rng) => ketama({ rng }))
weightedContract('ketama', () => ketama())
hashingContract('ketama', { make: ketama, strays: 0, places: '2112301321132122233230110331243303333043' })

describe('ketama', () => {
  const hashringOf = (peers: SomePeers, algorithm?: string, options?: Partial<HashRing.HashRingOptions>): HashRing =>
    new HashRing(Object.fromEntries(peers.map(({ record: { id, weight } }) => [id, { weight }])), algorithm, options)
  const placedAs = (ring: HashRing, peers: SomePeers, balance = ketama(), keys = 10_000): void => {
    for (let i = 0; i < keys; i++) {
      const { id } = balance(peers, call({ args: [`user:${i}`] })).record
      if (id !== ring.get(`user:${i}`)) expect(id).to.equal(ring.get(`user:${i}`), `user:${i}`)
    }
  }
  const sha1: Digest = (text) => createHash('sha1').update(text).digest()

  for (const n of [1, 2, 3, 10, 100]) {
    it(`puts keys where hashring puts them, over ${n} servers of equal and of unequal weights`, () => {
      const ports = Array.from({ length: n }, (_, port) => port)
      const weights: readonly ((port: number) => number)[] = [
        () => 100,
        (port) => (port % 3) + 1,
        (port) => 1 + ((port * 7919) % 1_000),
        (port) => 0.5 + (port % 5) / 3,
      ]
      for (const weightOf of weights) {
        const peers = setOf(ports, weightOf)
        placedAs(hashringOf(peers), peers, ketama(), 2_500)
      }
    })
  }

  it('puts keys where hashring puts them with another digest and other numbers of points', () => {
    const peers = peersOf(1, 2, 3, 4)
    placedAs(hashringOf(peers, 'sha1'), peers, ketama({ hash: sha1 }))
    placedAs(hashringOf(peers, 'sha1', { replicas: 5 }), peers, ketama({ hash: sha1, replicas: 5 }))
    placedAs(hashringOf(peers, 'md5', { compatibility: 'hash_ring' }), peers, ketama({ replicas: 3 }))
    placedAs(hashringOf(peers, 'md5', { 'vnode count': 100 }), peers, ketama({ digests: 100 }))
    placedAs(hashringOf(peers, 'md5', { 'vnode count': 2, replicas: 1 }), peers, ketama({ digests: 2, replicas: 1 }))
  })

  it('hashes keys as UTF-8', () => {
    const peers = peersOf(1, 2, 3)
    const ring = hashringOf(peers)
    for (const key of ['', 'é', '\u{1f34a}', '京都', 'x'.repeat(5_000)]) {
      expect(ketama()(peers, call({ args: [key] })).record.id).to.equal(ring.get(key))
    }
  })

  it('gives a key at a point to its owner, the next position to the next', () => {
    // Digests in our hands: servers stand at 10 and 20, and at 4 294 967 295.
    const at = (position: number): Uint8Array => new Uint8Array(new Uint32Array([position]).buffer)
    const places: Record<string, number> = {
      '10.0.0.1:20000-0': 10,
      '10.0.0.1:20001-0': 20,
      '10.0.0.1:20002-0': 2 ** 32 - 1,
    }
    const hash: Digest = (text) => at(places[text] ?? Number(text))
    const peers = peersOf(1, 1, 1)
    const balance = ketama({ hash, digests: 1, replicas: 1 })
    const ring = new HashRing([...idsOf(peers)], (text: string) => Buffer.from(hash(text)), {
      'vnode count': 1,
      replicas: 1,
    })
    const owner = (key: number): number => peers.indexOf(balance(peers, call({ args: [key] })))
    for (const [key, index] of [
      [0, 0],
      [9, 0],
      [10, 0],
      [11, 1],
      [20, 1],
      [21, 2],
      [2 ** 31, 2],
      [2 ** 32 - 2, 2],
      [2 ** 32 - 1, 2],
    ] as const) {
      expect(owner(key)).to.equal(index, `key at ${key}`)
      expect(ring.get(String(key))).to.equal(idsOf(peers)[index], `hashring, key at ${key}`)
    }
    places['10.0.0.1:20002-0'] = 30
    expect(balance(peers, call({ args: [31] }))).to.equal(peers[2], 'the ring of a set stays')
    const later = peersOf(1, 1, 1)
    expect(balance(later, call({ args: [31] }))).to.equal(later[0])
  })

  it('gives the lower name a point that two share, as hashring does when it is named first', () => {
    const hash: Digest = (text) => new Uint8Array(new Uint32Array([text.includes('-') ? 7 : Number(text)]).buffer)
    const balance = ketama({ hash, digests: 1, replicas: 1 })
    const [a, b] = peersOf(1, 1)
    for (const peers of [
      [a, b],
      [b, a],
    ] as unknown as readonly SomePeers[]) {
      for (const key of [0, 7, 8]) expect(balance(peers, call({ args: [key] }))).to.equal(a)
    }
    const ring = new HashRing([...idsOf([a, b!])], (text: string) => Buffer.from(hash(text)), {
      'vnode count': 1,
      replicas: 1,
    })
    expect(ring.get('7')).to.equal(a.record.id)
  })

  it('has 40 digests where weights are equal, and so moves only what it must between 7 peers and 8', () => {
    const named: string[] = []
    const balance = ketama({
      hash: (text) => {
        named.push(text)
        return createHash('md5').update(text).digest()
      },
    })
    for (const n of [1, 7, 14, 49]) {
      named.length = 0
      const peers = setOf(Array(n).keys(), () => 30)
      balance(peers, call({ args: ['key'] }))
      expect(named).to.deep.equal([
        ...idsOf(peers).flatMap((id) => Array.from({ length: 40 }, (_, i) => `${id}-${i}`)),
        'key',
      ])
    }
  })

  it('gives floor(share of weight x 40 x peers) digests, which may be none; peers of weight 0 do not count', () => {
    const named: string[] = []
    const balance = ketama({
      hash: (text) => {
        named.push(text)
        return createHash('md5').update(text).digest()
      },
    })
    const digestsOf = (...weights: readonly number[]): readonly number[] => {
      named.length = 0
      const peers = peersOf(...weights)
      balance(peers, call({ args: ['key'] }))
      return idsOf(peers).map((id) => named.filter((text) => text.startsWith(`${id}-`)).length)
    }
    expect(digestsOf(1, 2, 3)).to.deep.equal([20, 40, 60])
    expect(digestsOf(1, 2, 4)).to.deep.equal([17, 34, 68])
    expect(digestsOf(1, 1, 2)).to.deep.equal([30, 30, 60])
    expect(digestsOf(1, 81)).to.deep.equal([0, 79])
    expect(digestsOf(1, 79)).to.deep.equal([1, 79])
    expect(digestsOf(0, 1, 1)).to.deep.equal([0, 40, 40])
    expect(digestsOf(0, 1, 3)).to.deep.equal([0, 20, 60])
    expect(digestsOf(0, 0)).to.deep.equal([40, 40])
  })

  it('refuses numbers out of range, with the number', () => {
    for (const digests of [0, -1, 1.5, 10_001, Number.NaN]) {
      expect(() => ketama({ digests })).to.throw(
        RangeError,
        `digests must be an integer from 1 to 10000, got ${digests}`,
      )
    }
    for (const replicas of [0, 1.5, 5, Number.NaN]) {
      expect(() => ketama({ replicas })).to.throw(
        RangeError,
        `replicas must be an integer from 1 to 4, for which the digest has bytes, got ${replicas}`,
      )
    }
    for (const replicas of [1, 4]) expect(ketama({ replicas, digests: 10_000 })).to.be.a('function')
    expect(() => ketama({ hash: sha1, replicas: 6 })).to.throw(RangeError, 'from 1 to 5')
    expect(() => ketama({ hash: () => new Uint8Array(11), replicas: 3 })).to.throw(RangeError, 'from 1 to 2')
  })
})
