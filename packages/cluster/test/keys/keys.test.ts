import {
  byArgument,
  byAttachment,
  byCaller,
  consistentHash,
  joined,
  ketama,
  maglev,
  rendezvous,
} from '@kumquat/cluster'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, peersOf } from '../parts.ts'

describe('byArgument', () => {
  const first = (value: unknown): string | undefined => byArgument()(call({ args: [value, 'second'] }))

  it('is the first argument unless told, and any other by its index', () => {
    const invocation = call({ args: ['a', 'b', 'c'] })
    expect(byArgument()(invocation)).to.equal('a')
    expect(byArgument(0)(invocation)).to.equal('a')
    expect(byArgument(2)(invocation)).to.equal('c')
  })

  it('takes a string for itself and a number as it is written, so that 1 and "1" are one key', () => {
    expect([first('user 1'), first(''), first(1), first('1'), first(-1.5), first(true), first(10n)]).to.deep.equal([
      'user 1',
      '',
      '1',
      '1',
      '-1.5',
      'true',
      '10',
    ])
  })

  it('has no key where the argument is absent, undefined or null', () => {
    for (const value of [undefined, null]) expect(first(value)).to.equal(undefined)
    expect(byArgument(3)(call({ args: ['a'] }))).to.equal(undefined)
    expect(byArgument(0, 1)(call({ args: [undefined, null] }))).to.equal(undefined)
  })

  it('writes objects as JSON with sorted names, at every depth', () => {
    expect(first({ b: [1, 'x', null], a: { d: 1, c: 2 } })).to.equal('{"a":{"c":2,"d":1},"b":[1,"x",null]}')
    expect(first({ b: 1, a: 2 })).to.equal(first({ a: 2, b: 1 }))
    expect(first([])).to.equal('[]')
    expect(first({})).to.equal('{}')
  })

  it('tells apart what JSON does not', () => {
    const at = new Date(5)
    const texts = [
      [Number.NaN],
      [null],
      [Number.POSITIVE_INFINITY],
      new Map([['a', 1]]),
      new Map([['a', 2]]),
      new Set(['a', 1]),
      {},
      at,
      new Date(6),
      { at },
      new Uint8Array([1, 2]),
      new Uint8Array([0, 1, 2]).subarray(0, 2),
      [undefined],
      [],
    ].map(first)
    expect(new Set(texts).size).to.equal(texts.length)
    expect(first(new Uint8Array([0, 1, 2]).subarray(1))).to.equal('bytes(AQI=)')
    expect(first(at)).to.equal('date(5)')
    expect(first(new Map([['a', 1]]))).to.equal('map(["a",1])')
    expect(first(new Set(['a', 1]))).to.equal('set("a",1)')
  })

  it('gives different texts to different values, and equal ones to equal values', () => {
    const values = fc.jsonValue({ maxDepth: 3 }).filter((value) => typeof value !== 'string' && value !== null)
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(first(a) === first(b)).to.equal(sorted(a) === sorted(b))
        expect(first(structuredClone(a))).to.equal(first(a))
      }),
    )
  })

  it('looks at a thousand values of a large argument, in the order of names', () => {
    const list = (last: number, length: number): readonly number[] => [...Array<number>(length - 1).fill(0), last]
    expect(first(list(1, 1_000))).to.not.equal(first(list(2, 1_000)))
    expect(first(list(1, 1_001))).to.equal(first(list(2, 1_001)))
    const cycle: { readonly id: number; readonly others: unknown[] } = { id: 7, others: [] }
    cycle.others.push(cycle, [cycle, cycle])
    expect(first(cycle)).to.be.a('string')
  })

  it('keeps several apart', () => {
    const several = byArgument(0, 1)
    const of = (...args: readonly unknown[]): string | undefined => several(call({ args }))
    expect(of('a', 'b')).to.equal('["a","b"]')
    expect(of('a', 'bc')).to.not.equal(of('ab', 'c'))
    expect(of('1', 'a')).to.not.equal(of(1, 'a'))
    expect(of('a', undefined)).to.equal('["a",undefined]')
    expect(byArgument(1, 0)(call({ args: ['a', 'b'] }))).to.equal('["b","a"]')
  })

  it('refuses what is no index, with the value', () => {
    for (const index of [-1, 0.5, Number.NaN]) {
      expect(() => byArgument(0, index)).to.throw(
        RangeError,
        `an argument is named by its index, an integer from 0, got ${index}`,
      )
    }
  })
})

describe('byAttachment', () => {
  it('is the attachment of that name, none if it is absent or empty', () => {
    const tenant = byAttachment('tenant')
    expect(tenant(call({ attachments: { tenant: 'acme', other: 'x' } }))).to.equal('acme')
    expect(tenant(call())).to.equal(undefined)
    expect(tenant(call({ attachments: { tenant: '' } }))).to.equal(undefined)
  })

  it('refuses an empty name', () => {
    expect(() => byAttachment('')).to.throw(TypeError, 'an attachment has a name, got ""')
  })
})

describe('byCaller', () => {
  it('is who calls, if anybody says so', () => {
    expect(byCaller()(call({ caller: 'web' }))).to.equal('web')
    expect(byCaller()(call())).to.equal(undefined)
  })
})

describe('joined', () => {
  const both = joined(byCaller(), byArgument(0))

  it('is all of the keys together', () => {
    expect(both(call({ caller: 'web', args: ['u1'] }))).to.equal('["web","u1"]')
    expect(both(call({ caller: 'we', args: ['bu1'] }))).to.not.equal(both(call({ caller: 'web', args: ['u1'] })))
  })

  it('is no key only if none of them is', () => {
    expect(both(call({ args: ['u1'] }))).to.equal('[undefined,"u1"]')
    expect(both(call())).to.equal(undefined)
  })

  it('refuses to join nothing', () => {
    expect(() => joined()).to.throw(
      TypeError,
      'joined() needs at least one key, e.g. joined(byCaller(), byArgument(0))',
    )
  })
})

describe('a key that a call brings', () => {
  const peers = peersOf(1, 1, 1, 1, 1, 1, 1, 1)
  for (const [name, balance] of Object.entries({
    consistentHash: consistentHash(),
    ketama: ketama(),
    rendezvous: rendezvous({ slots: 1_024 }),
    maglev: maglev({ size: 1_009 }),
  })) {
    it(`counts with ${name} in place of what it would hash`, () => {
      const places = new Set(['a', 'b', 'c', 'd', 'e'].map((arg) => balance(peers, call({ args: [arg], key: 'ann' }))))
      expect([...places]).to.deep.equal([balance(peers, call({ args: ['ann'] }))])
    })
  }
})

/** JSON with sorted names, by other means. */
const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
