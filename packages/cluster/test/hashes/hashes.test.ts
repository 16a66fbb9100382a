import { fnv1a, md5, murmur3 } from '@kumquat/cluster'
import { expect } from 'chai'
import { mix } from '../../src/hashes/mix.ts'

const UNSIGNED = 2 ** 32

describe('murmur3', () => {
  it('is MurmurHash3_x86_32 of the UTF-8 bytes', () => {
    // Seed 0; from the reference implementation.
    for (const [text, bits] of [
      ['', 0],
      ['a', 0x3c2569b2],
      ['aaaa', 0x7eeed987],
      ['\u{1f34a} é', 0xbb145d87],
      ['abc', 0xb3dd93fa],
      ['Hello, world!', 0xc0363e43],
      ['The quick brown fox jumps over the lazy dog', 0x2e4ff723],
    ] as const) {
      expect(murmur3(text)).to.equal(bits, text)
    }
  })
})

describe('fnv1a', () => {
  it('is FNV-1a of 32 bits, mixed', () => {
    for (const [text, bits] of [
      ['', 0x811c9dc5],
      ['a', 0xe40c292c],
      ['foobar', 0xbf9cf968],
    ] as const) {
      expect(fnv1a(text)).to.equal(mix(bits), text)
    }
  })

  it('spreads texts that differ in one place over all bits', () => {
    const ones = new Array<number>(32).fill(0)
    for (let i = 0; i < 4_000; i++) {
      const bits = fnv1a(`10.0.0.1:${20_000 + i}`)
      expect(bits).to.be.within(0, UNSIGNED - 1)
      for (let bit = 0; bit < 32; bit++) ones[bit]! += (bits >>> bit) & 1
    }
    for (const share of ones) expect(share).to.be.within(1_800, 2_200)
  })
})

describe('mix', () => {
  it('is the final mix of MurmurHash3, unsigned and one to one', () => {
    expect([mix(0), mix(1), mix(-1), mix(0xdeadbeef)]).to.deep.equal([0, 0x514e28b7, 0x81f16f39, 0x0de5c6a9])
    expect(new Set(Array.from({ length: 10_000 }, (_, i) => mix(i))).size).to.equal(10_000)
  })
})

describe('md5', () => {
  it('is the sixteen bytes of MD5 of the UTF-8 text', () => {
    expect(Buffer.from(md5('')).toString('hex')).to.equal('d41d8cd98f00b204e9800998ecf8427e')
    expect(Buffer.from(md5('é')).toString('hex')).to.equal('66ddcd97cfdeabb2f6fb8a999b4bc76f')
  })
})
