import { expect } from 'chai'
import fc from 'fast-check'
import { jsonLike } from '../../src/encoding/json-like.ts'

/** What the other end of JSON sees. */
const throughJson = (value: unknown): unknown => {
  const text = JSON.stringify(value) as string | undefined
  return text === undefined ? undefined : JSON.parse(text)
}

/** -0 is written as 0. */
function unsigned(value: unknown): unknown {
  if (typeof value === 'number') return value + 0
  if (Array.isArray(value)) return value.map(unsigned)
  if (typeof value !== 'object' || value === null) return value
  expect(Object.getPrototypeOf(value)).to.equal(Object.prototype)
  const plain: object = {}
  for (const [key, field] of Object.entries(value))
    Object.defineProperty(plain, key, { value: unsigned(field), enumerable: true })
  return plain
}

describe('jsonLike()', () => {
  it('makes of any value what JSON makes of it', () => {
    const any = fc.anything({
      ...{ withBoxedValues: true, withDate: true, withMap: true, withSet: true, withNullPrototype: true },
      ...{ withSparseArray: true, withObjectString: true, maxDepth: 4 },
      values: [
        fc.string(),
        fc.double(),
        fc.integer(),
        fc.boolean(),
        fc.constantFrom(null, undefined, Symbol('s'), Math.abs),
      ],
    })
    fc.assert(
      fc.property(any, (value) => {
        expect(unsigned(jsonLike(value))).to.deep.equal(throughJson(value))
      }),
      { numRuns: 1_000 },
    )
  })

  for (const [what, value] of [
    [
      'an instance, of which its own fields count',
      new (class {
        own = 1
        get shown() {
          return 2
        }
      })(),
    ],
    [
      'typed arrays that are no bytes',
      [new Uint16Array([1, 2]), new Float64Array(1), new ArrayBuffer(3), new DataView(new ArrayBuffer(1))],
    ],
    ['toJSON, asked once and with its key', { a: { toJSON: (key: string) => ({ key, toJSON: () => 'not asked' }) } }],
    ['toJSON in lists, with the index as text', [0, { toJSON: (key: unknown) => typeof key + key }]],
    ['toJSON of a function, and what it says as well', Object.assign(() => 1, { toJSON: () => [new Date(0)] })],
    ['a toJSON that is none', { toJSON: 5 }],
    ['a toJSON that says nothing', { a: { toJSON: () => undefined }, b: [{ toJSON: () => Math.abs }] }],
    ['a list with a toJSON', Object.assign([1], { toJSON: () => 'list' })],
    ['fields of a list', Object.assign([1], { more: 2 })],
    ['boxed values', [Object(5), Object('x'), Object(true), Object(Symbol('s')), Object(Number.NaN)]],
    ['what cannot be a number', { a: Number.NaN, b: [Number.NEGATIVE_INFINITY], c: -0 }],
    ['what is hidden', Object.defineProperty({ a: 1 }, 'b', { value: 2 })],
    ['symbols as keys', { [Symbol('s')]: 1, a: undefined, b: 2 }],
    ['what is inherited', Object.create({ a: 1 })],
  ] as const) {
    it(`knows ${what}`, () => {
      expect(unsigned(jsonLike(value))).to.deep.equal(throughJson(value))
    })
  }

  it('keeps a key "__proto__" what it is, where it makes a copy', () => {
    const given = JSON.parse('{"a":1,"__proto__":{"b":2}}') as Record<string, unknown>
    for (const copied of [{ ...given, date: new Date(0) }, Object.assign(Object.create(null), { x: 1 })])
      expect(JSON.stringify(jsonLike(copied))).to.equal(JSON.stringify(copied))
    const own = Object.defineProperty({ date: new Date(0) }, '__proto__', {
      value: { b: new Date(1) },
      enumerable: true,
    })
    expect(JSON.stringify(jsonLike(own))).to.equal(JSON.stringify(own))
  })

  it('returns as it is what need not be changed, bytes among it', () => {
    const value = { a: [1, 'x', null, { b: true }], bytes: new Uint8Array(3), buffer: Buffer.from('x') }
    expect(jsonLike(value)).to.equal(value)
    const changed = jsonLike([value, new Date(0)]) as readonly unknown[]
    expect(changed[0]).to.equal(value)
  })

  it('refuses what JSON refuses', () => {
    const circle: unknown[] = []
    circle.push({ circle })
    for (const value of [1n, { a: [1n] }, [Object(1n)], circle]) {
      expect(() => JSON.stringify(value)).to.throw(TypeError)
      expect(() => jsonLike(value)).to.throw(TypeError, /BigInt|circular/)
    }
    const failing = {
      get a(): never {
        throw new RangeError('no')
      },
    }
    expect(() => jsonLike(failing)).to.throw(RangeError, 'no')
  })

  it('takes a thousand levels', () => {
    const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels))
    expect(jsonLike(nested(1_000))).to.deep.equal(nested(1_000))
    expect(() => jsonLike(nested(1_001))).to.throw(TypeError, '1000 levels')
  })
})
