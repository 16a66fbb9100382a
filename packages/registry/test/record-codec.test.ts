import { MAX_WEIGHT, type ProviderRecord, providerRecord } from '@kumquat/core'
import { decodeRecord, encodeRecord } from '@kumquat/registry'
import { expect } from 'chai'
import fc from 'fast-check'

const read = (name: string, value: unknown): ProviderRecord => {
  const decoded = decodeRecord(name, typeof value === 'string' ? value : JSON.stringify(value))
  if ('unreadable' in decoded) throw new Error(decoded.unreadable)
  return decoded
}
const whyNot = (name: string, value: unknown): string => {
  const decoded = decodeRecord(name, typeof value === 'string' ? value : JSON.stringify(value))
  if (!('unreadable' in decoded)) throw new Error(`${name} is readable`)
  return decoded.unreadable
}

const text = fc.string({ maxLength: 50 })
const name = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/)
const written: fc.Arbitrary<ProviderRecord> = fc
  .record(
    {
      host: fc.oneof(fc.constantFrom('127.0.0.1', '10.1.2.3', 'node-1.example', '2001:db8::7', '::1')),
      port: fc.integer({ min: 1, max: 65_535 }),
      version: text,
      methods: fc.uniqueArray(name),
      gray: fc.boolean(),
      weight: fc.integer({ min: 0, max: MAX_WEIGHT }),
      warmupMs: fc.nat(),
      startedAt: fc.nat(),
      zone: text,
      tags: fc.dictionary(
        name.filter((key) => !(key in {})),
        text,
        { maxKeys: 10 },
      ),
      transports: fc.uniqueArray(name, { minLength: 1 }),
      contract: text.filter((hash) => hash !== ''),
      author: text,
      description: text,
    },
    { requiredKeys: ['host', 'port'] },
  )
  .map(providerRecord)

describe('decodeRecord()', () => {
  it('reads what encodeRecord() wrote', () => {
    fc.assert(
      fc.property(written, (record) => {
        expect(decodeRecord(record.id, encodeRecord(record))).to.deep.equal(record)
      }),
    )
  })

  it('reads the older form: no port in the name, every value text', () => {
    const value =
      '{"port":"20080","version":"V1","methods":"[getMovieById(),getMovieByCity()]","gray":"true","author":"","description":""}'
    expect(read('10.0.1.1', value)).to.deep.equal(
      providerRecord({
        host: '10.0.1.1',
        port: 20_080,
        version: 'V1',
        methods: ['getMovieById', 'getMovieByCity'],
        gray: true,
      }),
    )
  })

  it('needs no more than a port', () => {
    expect(read('10.0.0.1', { port: 80 })).to.deep.equal(providerRecord({ host: '10.0.0.1', port: 80 }))
    expect(read('10.0.0.1:80', {})).to.deep.equal(providerRecord({ host: '10.0.0.1', port: 80 }))
    expect(read('[2001:db8::1]:80', '{}').id).to.equal('[2001:db8::1]:80')
    expect(read('2001:db8::1', { port: 80 }).id).to.equal('[2001:db8::1]:80')
  })

  it('reads methods from text with and without parentheses, brackets and arguments', () => {
    const methods = (value: unknown): unknown => read('a:1', { methods: value }).methods
    expect(methods('[a(int, string),b()]')).to.deep.equal(['a', 'b'])
    expect(methods('a, b ,a')).to.deep.equal(['a', 'b'])
    expect(methods(['a()', ' b', 7, null, '__proto__', 'bad name'])).to.deep.equal(['a', 'b', '7'])
    expect(methods('[]')).to.deep.equal([])
    expect(methods(7)).to.equal(undefined)
    expect(methods({})).to.equal(undefined)
  })

  it('takes gray for true only when it says so', () => {
    for (const gray of [true, 'true', ' TRUE ', '1', 1, 'yes', 'on'])
      expect(read('a:1', { gray }).gray, String(gray)).to.equal(true)
    for (const gray of [false, 'false', '', 0, '0', null, {}, [true], 'truely']) {
      expect(read('a:1', { gray }).gray, String(gray)).to.equal(false)
    }
  })

  it('keeps the weight in bounds', () => {
    const weight = (value: unknown): number => read('a:1', { weight: value }).weight
    expect([weight(7), weight('7'), weight(0), weight(-1), weight(1e9), weight('1e9')]).to.deep.equal([
      7, 7, 0, 0, 10_000, 10_000,
    ])
    for (const none of ['', 'x', null, {}, 'NaN', 'Infinity']) expect(weight(none), String(none)).to.equal(100)
  })

  it('takes what makes no sense for absent', () => {
    const value = {
      version: {},
      warmupMs: -5,
      startedAt: 'x',
      zone: [],
      tags: 'x',
      transports: [],
      contract: null,
      author: 1,
    }
    expect(read('a:1', value)).to.deep.equal(providerRecord({ host: 'a', port: 1, author: '1' }))
  })

  it('takes no control characters over, and no text without end', () => {
    const { version, zone } = read('a:1', { version: 'V1\u001b[2J\n\u0085', zone: 'z'.repeat(5_000) })
    expect(version).to.equal('V1 [2J  ')
    expect(zone).to.have.lengthOf(1_024)
  })

  it('cannot be used to reach a prototype', () => {
    const { tags } = read(
      'a:1',
      '{"tags":{"__proto__":{"gray":"true"},"constructor":"x","fine":"y"},"__proto__":{"weight":5}}',
    )
    expect(Object.entries(tags)).to.deep.equal([['fine', 'y']])
    expect(read('a:1', '{"__proto__":{"weight":5,"gray":true}}').weight).to.equal(100)
    expect(Object.keys(Object.prototype)).to.deep.equal([])
  })

  it('says why it cannot read an entry', () => {
    expect(whyNot('a:1', '{"port"')).to.contain('no JSON object')
    expect(whyNot('a:1', '[]')).to.contain('no JSON object')
    expect(whyNot('a:1', 'null')).to.contain('no JSON object')
    expect(whyNot('a:1', '')).to.contain('no JSON object')
    expect(whyNot('a', {})).to.contain('port "undefined"')
    expect(whyNot('a', { port: 70_000 })).to.contain('port "70000"')
    expect(whyNot('a:x', { port: 80 })).to.contain('port "x"')
    expect(whyNot('a:80', { port: 81 })).to.contain('name says port 80, its value "81"')
    expect(whyNot('169.254.169.254:80', {})).to.contain('link-local')
    expect(whyNot('a b:80', {})).to.contain('host "a b"')
    expect(whyNot(':80', {})).to.contain('host ""')
  })

  it('reads no value above its limit, without looking at it', () => {
    const value = JSON.stringify({ port: 80, description: 'é'.repeat(33_000) })
    expect(whyNot('a', value)).to.contain('above the limit of 65536')
    expect(decodeRecord('a', value, { maxValueBytes: 100_000 })).to.have.property('port', 80)
  })

  it('accepts link-local addresses when told to', () => {
    expect(decodeRecord('169.254.0.1:80', '{}', { anyAddress: true })).to.have.property('port', 80)
  })

  it('never throws, and never says anything that is unsafe to log', () => {
    const json = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.object({ maxDepth: 3 }).map((o) => JSON.stringify(o)),
    )
    const field = fc.constantFrom('port', 'methods', 'gray', 'weight', 'tags', 'transports', 'version', '__proto__')
    const shaped = fc.dictionary(field, fc.anything({ maxDepth: 2 })).map((o) => JSON.stringify(o) ?? '')
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.oneof(json, shaped), (name, value) => {
        const decoded = decodeRecord(name, value)
        if ('unreadable' in decoded) expect(decoded.unreadable).not.to.match(/[\p{Cc}\p{Cs}]/u)
        else expect(decodeRecord(decoded.id, encodeRecord(decoded))).to.deep.equal(decoded)
      }),
      { numRuns: 500 },
    )
  })
})
