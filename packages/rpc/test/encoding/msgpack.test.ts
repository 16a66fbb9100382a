import { RpcError } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { Packr } from 'msgpackr/pack'
import { loadMsgpack } from '../../src/encoding/msgpack.ts'
import type { BinaryEncoding } from '../../src/encoding/value-encoding.ts'

describe('MessagePack', () => {
  let msgpack: BinaryEncoding
  before(async () => {
    msgpack = await loadMsgpack()
  })
  const read = (...bytes: readonly number[]): unknown => msgpack.decode(Uint8Array.from(bytes), 64)
  const refusal = (bytes: Uint8Array, maxDepth = 64): RpcError => {
    try {
      msgpack.decode(bytes, maxDepth)
    } catch (error) {
      expect(error).to.be.instanceOf(RpcError).and.to.include({ code: 'invalid_argument', outcome: 'not-run' })
      return error as RpcError
    }
    throw new Error(`it took ${Buffer.from(bytes).toString('hex')}`)
  }
  const text = (value: string): readonly number[] => [0xa0 + Buffer.byteLength(value), ...Buffer.from(value)]
  const json = fc
    .jsonValue({ maxDepth: 6, stringUnit: 'grapheme' })
    .filter((value) => !/__proto__|constructor/.test(JSON.stringify(value)))

  it('carries any JSON value unchanged', () => {
    expect(msgpack.decode(msgpack.encode([-0]), 64)).to.deep.equal([0])
    fc.assert(
      fc.property(json, (value) => {
        expect(msgpack.decode(msgpack.encode(value), 64)).to.deep.equal(JSON.parse(JSON.stringify(value)))
      }),
      { numRuns: 500 },
    )
  })

  it('carries texts, lists and maps of every length that has a form of its own', () => {
    for (const length of [0, 1, 15, 16, 31, 32, 63, 64, 255, 256, 65_535, 65_536, 70_000]) {
      const list = Array.from({ length }, (_, i) => i)
      const map = Object.fromEntries(list.map((i) => [`k${i}`, -i - 1]))
      const value = ['x'.repeat(length), '€'.repeat(length), list, map, new Uint8Array(length).fill(7)]
      expect(msgpack.decode(msgpack.encode(value), 64)).to.deep.equal(value)
    }
  })

  it('carries bytes as Uint8Array, whatever kind they were, and keeps nothing of what they came in', () => {
    const encoded = Buffer.from(msgpack.encode([Buffer.from('abc'), new Uint8Array([1, 2]), new Uint8Array()]))
    const values = msgpack.decode(encoded, 64) as readonly Uint8Array[]
    encoded.fill(0)
    expect(values).to.deep.equal([new Uint8Array([97, 98, 99]), new Uint8Array([1, 2]), new Uint8Array()])
    for (const value of values) expect(Object.getPrototypeOf(value)).to.equal(Uint8Array.prototype)
  })

  it('writes nothing that any other MessagePack could not read: no extension', () => {
    const value = { date: new Date(0), none: undefined, list: [undefined, new Set([1]), /x/], error: new Error('x') }
    const encoded = Buffer.from(msgpack.encode(value))
    expect(encoded.toString('latin1')).to.contain('1970-01-01T00:00:00.000Z')
    expect(msgpack.decode(encoded, 64)).to.deep.equal(JSON.parse(JSON.stringify(value)))
    expect(msgpack.encode(undefined)).to.deep.equal(Buffer.from([0xc0]))
  })

  it('makes U+FFFD of half a character, which UTF-8 does not have', () => {
    expect(msgpack.decode(msgpack.encode(['\ud800', `${'x'.repeat(99)}\udc00`]), 64)).to.deep.equal([
      '\ufffd',
      `${'x'.repeat(99)}\ufffd`,
    ])
  })

  it('reads numbers of every form, those of 64 bits to the nearest that we have, as JSON does', () => {
    expect(read(0xca, 0x3f, 0x80, 0, 0)).to.equal(1)
    expect(read(0xcf, 0, 0x20, 0, 0, 0, 0, 0, 1)).to.equal(JSON.parse('9007199254740993'))
    expect(read(0xd3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe)).to.equal(-2)
    expect(read(0xcf, ...Array<number>(8).fill(0xff))).to.equal(2 ** 64)
    expect([read(0xcc, 200), read(0xcd, 1, 0), read(0xce, 1, 0, 0, 0)]).to.deep.equal([200, 256, 2 ** 24])
    expect([read(0xd0, 0x80), read(0xd1, 0x80, 0), read(0xd2, 0x80, 0, 0, 0)]).to.deep.equal([
      -128,
      -32_768,
      -(2 ** 31),
    ])
  })

  it('refuses every extension and the type that there is not, wherever they stand', () => {
    for (const token of [0xc1, 0xc7, 0xc8, 0xc9, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]) {
      const shown = `0x${token.toString(16)}`
      for (const before of [[], [0x91], [0x81, ...text('a')]])
        expect(refusal(Uint8Array.from([...before, token, ...Array<number>(20).fill(0)])).message).to.contain(shown)
    }
    const extended = new Packr({ moreTypes: true, structuredClone: true, useRecords: true })
    for (const value of [new Date(0), new Set(), /x/, new Error('x'), { record: 1 }, 10n ** 30n, undefined])
      refusal(extended.pack([value]))
  })

  it('refuses numbers that JSON does not have', () => {
    for (const one of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      const [wide, narrow] = [Buffer.alloc(9, 0xcb), Buffer.alloc(5, 0xca)]
      wide.writeDoubleBE(one, 1)
      narrow.writeFloatBE(one, 1)
      for (const bytes of [wide, narrow]) expect(refusal(bytes).message).to.contain('not finite')
    }
    expect(read(0xcb, 0x7f, 0xef, ...Array<number>(6).fill(0xff))).to.equal(Number.MAX_VALUE)
  })

  it('refuses keys that are no texts, or reach for prototypes', () => {
    for (const key of [[1], [0xc0], [0xc4, 1, 65], [0x90], [0x80], [0xcb, ...Array<number>(8).fill(0)]])
      expect(refusal(Uint8Array.from([0x81, ...key, 1])).message).to.contain('only texts are keys')
    const poison = [0x81, ...text('prototype'), 1]
    for (const bytes of [
      [0x81, ...text('__proto__'), 1],
      [0x92, 1, 0x82, ...text('a'), 1, 0xd9, 9, ...Buffer.from('__proto__'), 0x80],
      [0x81, ...text('constructor'), ...poison],
      [0x91, 0x81, ...text('a'), 0x81, 0xda, 0, 11, ...Buffer.from('constructor'), ...poison],
    ])
      expect(refusal(Uint8Array.from(bytes)).message).to.contain('"__proto__"')
    expect(read(0x92, ...text('__proto__'), 0x81, ...text('constructor'), 1)).to.deep.equal([
      '__proto__',
      { constructor: 1 },
    ])
  })

  it('does not take overlong UTF-8 for a key that reaches for prototypes', () => {
    // A "c" in two bytes, and a "_".
    const overlong = [0xac, 0xc1, 0xa3, ...Buffer.from('onstructor')]
    const proto = [0xaa, 0xc1, 0x9f, ...Buffer.from('_proto__')]
    for (const key of [overlong, proto]) {
      const bytes = Uint8Array.from([0x81, ...key, 0x81, ...text('prototype'), 1])
      try {
        const made = msgpack.decode(bytes, 64) as object
        expect(Object.getPrototypeOf(made)).to.equal(Object.prototype)
        expect(Object.hasOwn(made, 'constructor')).to.equal(false)
      } catch (error) {
        expect(error).to.include({ code: 'invalid_argument' })
      }
    }
  })

  it('refuses lengths that cannot come, and makes no room for them', () => {
    for (const token of [0xc6, 0xdb, 0xdd, 0xdf])
      expect(refusal(Uint8Array.from([token, 0x7f, 0xff, 0xff, 0xff, 1])).message).to.contain('in the middle')
    // Lists in lists, each of which promises all that is left.
    const nested = Uint8Array.from(Array.from({ length: 60 }, () => [0xdd, 0, 0, 0, 60]).flat())
    expect(refusal(nested).message).to.contain('in the middle')
  })

  it('refuses what is cut anywhere, and what goes on after its end', () => {
    const whole = msgpack.encode([1, 'text', { a: [0.5, new Uint8Array(3)], b: 70_000 }, 'x'.repeat(300), -5])
    for (let end = 0; end < whole.length; end++)
      expect(refusal(whole.subarray(0, end)).message).to.contain('in the middle')
    expect(refusal(Buffer.concat([whole, Buffer.from([0xc0])])).message).to.contain('1 bytes follow')
  })

  it('counts levels as JSON does', () => {
    const nested = (levels: number): Uint8Array => Uint8Array.from([...Array<number>(levels - 1).fill(0x91), 0x90])
    expect(msgpack.decode(nested(64), 64)).to.deep.equal(JSON.parse('['.repeat(64) + ']'.repeat(64)))
    expect(refusal(nested(65)).message).to.contain('64 levels')
    expect(refusal(nested(500_000)).message).to.contain('64 levels')
    const wide = [0x93, 0x91, 1, 0x81, ...text('a'), 0x90, 0x91, 0x80]
    expect(msgpack.decode(Uint8Array.from(wide), 3)).to.deep.equal([[1], { a: [] }, [{}]])
    refusal(Uint8Array.from(wide), 2)
  })

  it('makes of any bytes a value that JSON may have, or refuses them in our words', () => {
    const isOurs = (value: unknown): boolean => {
      if (value === null || typeof value === 'string' || typeof value === 'boolean' || value instanceof Uint8Array)
        return true
      if (typeof value === 'number') return Number.isFinite(value)
      if (Array.isArray(value)) return value.every(isOurs)
      return (
        typeof value === 'object' &&
        Object.getPrototypeOf(value) === Object.prototype &&
        Object.values(value).every(isOurs)
      )
    }
    const mutated = fc
      .tuple(json, fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }))
      .map(([value, changes]) => {
        const bytes = Uint8Array.from(msgpack.encode(value))
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte
        return bytes
      })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 40 }), mutated), (bytes) => {
        let value: unknown
        try {
          value = msgpack.decode(bytes, 64)
        } catch (error) {
          expect(error).to.be.instanceOf(RpcError).and.to.include({ code: 'invalid_argument', outcome: 'not-run' })
          return
        }
        expect(isOurs(value)).to.equal(true)
      }),
      { numRuns: 5_000 },
    )
  })
})
