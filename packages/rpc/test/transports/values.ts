import { expect } from 'chai'
import fc from 'fast-check'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin, Encoded } from './stage.ts'
import { trying } from './trials.ts'

/** What crosses as arguments and replies. */
export function values(begin: Begin, { loneSurrogate }: Encoded): void {
  it('carries arguments there and the reply back', async () => {
    const { endpoint } = await begin()
    const args = [1, 'ä€😀', null, true, [1, [2]], { a: { b: 'c' } }]
    expect(await endpoint.invoke(calling('echo', args))).to.deep.equal({ value: args })
  })

  it('carries any JSON unchanged', async () => {
    const { endpoint } = await begin()
    // What reaches for prototypes is refused.
    const json = fc
      .json({ maxDepth: 5 })
      .filter((text) => !/__proto__|constructor/.test(text))
      .map((text) => JSON.parse(text) as unknown)
    await fc.assert(
      fc.asyncProperty(fc.array(json, { maxLength: 5 }), async (args) => {
        expect((await endpoint.invoke(trying('echo', [...args, 'end']))).value).to.deep.equal([...args, 'end'])
      }),
      { numRuns: 50 },
    )
  })

  it('carries every kind of text: controls, both directions, surrogates, line ends, lone surrogates', async () => {
    const { endpoint } = await begin()
    const texts = ['', '\0\x01\x1f\x7f', 'שלום‏', '👩‍👩‍👧‍👦', '\u2028\u2029\r\n', '\ud800', '\\"</script>', 'a\u0301']
    const arrived = texts.map((text) => (text === '\ud800' ? loneSurrogate : text))
    expect((await endpoint.invoke(trying('echo', texts))).value).to.deep.equal(arrived)
  })

  it('carries numbers to the last bit, and makes null of what JSON has no number for', async () => {
    const { endpoint } = await begin()
    const numbers = [0.1 + 0.2, Number.MAX_VALUE, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER, -1e-7]
    expect((await endpoint.invoke(trying('echo', numbers))).value).to.deep.equal(numbers)
    const none = [Number.NaN, Number.POSITIVE_INFINITY, 1]
    expect((await endpoint.invoke(trying('echo', none))).value).to.deep.equal([null, null, 1])
  })

  it('carries what toJSON makes of an object', async () => {
    const { endpoint } = await begin()
    const { value } = await endpoint.invoke(trying('echo', [new Date(0), { toJSON: () => 'mine' }]))
    expect(value).to.deep.equal(['1970-01-01T00:00:00.000Z', 'mine'])
  })

  it('gives the method a copy, and the caller another', async () => {
    const { endpoint } = await begin()
    const given = { list: [1] }
    const { value } = await endpoint.invoke(trying('echo', [given]))
    expect(value).to.deep.equal([given])
    expect((value as unknown[])[0]).not.to.equal(given)
  })

  it('carries a single array argument as one argument', async () => {
    const { endpoint } = await begin()
    expect((await endpoint.invoke(calling('echo', [[1, 2]]))).value).to.deep.equal([[1, 2]])
  })

  it('answers null for nothing', async () => {
    const { endpoint } = await begin()
    expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
  })

  it('lets defaults of parameters apply to trailing undefined arguments', async () => {
    const { endpoint } = await begin()
    expect((await endpoint.invoke(calling('rent', [3, undefined]))).value).to.equal('3 for 7 days')
  })

  it('makes null of an undefined argument before others', async () => {
    const { endpoint } = await begin()
    expect((await endpoint.invoke(trying('echo', [undefined, 1, undefined]))).value).to.deep.equal([null, 1])
  })

  for (const [what, argument] of [
    ['BigInt', 1n],
    ['circular', cycle()],
  ] as const) {
    it(`refuses an argument that JSON cannot carry, before it is sent: ${what}`, async () => {
      const { endpoint, movies } = await begin()
      const error = await rejection(endpoint.invoke(calling('rent', [argument])))
      expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(error.message).to.contain('movie/catalog/rent').and.to.contain(what)
      expect(movies.entered).to.deep.equal([])
    })
  }

  it('refuses arguments that the check of the method refuses, and does not enter it', async () => {
    const { endpoint, movies } = await begin()
    const error = await rejection(endpoint.invoke(calling('getMovieById', ['seven'])))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(error.message).to.equal('movie/catalog/getMovieById: id must be an integer; it was called with ["seven"]')
    expect(movies.entered).to.deep.equal([])
  })

  for (const json of ['{"__proto__":{"admin":true}}', '[{"constructor":{"prototype":{"admin":true}}}]']) {
    it(`refuses an argument that reaches for prototypes: ${json}`, async () => {
      const { endpoint, trials } = await begin()
      const error = await rejection(endpoint.invoke(trying('echo', [JSON.parse(json)])))
      expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(error.message).to.contain('"__proto__"')
      expect(trials.events).to.deep.equal([])
    })
  }

  it('carries such words as texts, and a constructor that is none', async () => {
    const { endpoint } = await begin()
    const args = ['__proto__', { constructor: 'Ford' }]
    expect((await endpoint.invoke(trying('echo', args))).value).to.deep.equal(args)
  })
}

function cycle(): unknown {
  const own: { self?: unknown } = {}
  own.self = own
  return own
}
