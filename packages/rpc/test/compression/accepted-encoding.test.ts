import { expect } from 'chai'
import { acceptedEncoding } from '../../src/compression/accepted-encoding.ts'
import { codecs } from '../../src/compression/encodings.ts'

describe('the encoding of an answer', () => {
  const hasZstd = codecs.has('zstd')
  for (const [header, encoding] of [
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['deflate, compress', undefined],
    ['gzip', 'gzip'],
    ['gzip, br', 'br'],
    ['gzip;q=1.0, br;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['GZIP', 'gzip'],
    ['gzip;q=0', undefined],
    ['gzip;q=0.5, identity', undefined],
    ['gzip;q=2, br;q=x', undefined],
    ['*;q=0', undefined],
    ['*', hasZstd ? 'zstd' : 'br'],
    ['br;q=0.1, *;q=0.9', hasZstd ? 'zstd' : 'gzip'],
    [',;=,;q=,q=1', undefined],
    ['x'.repeat(100_000), undefined],
  ] as const) {
    it(`is ${encoding ?? 'none'} for ${JSON.stringify(header?.slice(0, 40))}`, () => {
      expect(acceptedEncoding(header)).to.equal(encoding)
    })
  }
})
