import { type ContractDocument, parseContract } from '@kumquat/rpc'
import { expect } from 'chai'
import fc from 'fast-check'

const naming = { schema: 1, app: 'movie', group: 'catalog' }
const reading = (document: unknown) => parseContract(JSON.stringify(document))
const unreadable = (text: string): string => {
  const read = parseContract(text)
  if ('unreadable' in read) return read.unreadable
  throw new Error(`it was read: ${text.slice(0, 100)}`)
}

describe('a contract from outside', () => {
  it('is read with its defaults, without what is not known', () => {
    expect(reading({ ...naming, more: 1, methods: { get: { more: 1 } } })).to.deep.equal({
      ...naming,
      methods: { get: { kind: 'unary', idempotent: false } },
    })
    const full = { kind: 'server-stream', idempotent: true, timeoutMs: 1, input: [true, {}], required: 1, output: {} }
    expect(reading({ ...naming, methods: { get: full } })).to.deep.equal({ ...naming, methods: { get: full } })
    const odd = { idempotent: 'yes', timeoutMs: 0, input: [{}], required: 2 }
    const { methods } = reading({ ...naming, methods: { get: odd } }) as ContractDocument
    expect(methods['get']).to.deep.equal({ kind: 'unary', idempotent: false, input: [{}], required: 1 })
  })

  it('is not read when it is none, saying why', () => {
    expect(unreadable('{')).to.equal('it is no JSON')
    expect(unreadable('[]')).to.equal('it is no JSON object')
    expect(unreadable('null')).to.equal('it is no JSON object')
    expect(unreadable('{"app":"a"}')).to.equal('its app and group are no names')
    expect(unreadable('{"app":"a","group":"b/c","methods":{}}')).to.equal('its app and group are no names')
    expect(unreadable('{"app":"a","group":"b"}')).to.equal('"methods" is no JSON object')
    const method = (text: string) => unreadable(`{"app":"a","group":"b","methods":{"get":${text}}}`)
    expect(method('7')).to.equal('method get is no JSON object')
    expect(method('{"kind":"psychic"}')).to.equal('method get is of no kind that is known here')
    expect(method('{"input":{}}')).to.equal('the input of method get is no list of JSON Schemas')
    expect(method('{"input":[1]}')).to.equal('the input of method get is no list of JSON Schemas')
    expect(method(`{"input":[${Array(65).fill('{}').join()}]}`)).to.contain('no list of JSON Schemas')
    expect(method('{"output":null}')).to.equal('the output of method get is no JSON Schema')
  })

  it('is not read when it is too large, too deep, or of too many methods', () => {
    const withText = (bytes: number) => {
      const empty = JSON.stringify({ ...naming, methods: {}, text: '' })
      return JSON.stringify({ ...naming, methods: {}, text: 'x'.repeat(bytes - empty.length) })
    }
    expect(parseContract(withText(262_144))).not.to.have.property('unreadable')
    expect(unreadable(withText(262_145))).to.equal('its 262145 bytes are above the limit of 262144')
    expect(unreadable('['.repeat(100_000))).to.equal('it nests deeper than 64 levels')
    const many = (count: number) =>
      JSON.stringify({ ...naming, methods: Object.fromEntries(Array.from({ length: count }, (_, n) => [`m${n}`, {}])) })
    expect(parseContract(many(1_000))).not.to.have.property('unreadable')
    expect(unreadable(many(1_001))).to.equal('it has more than 1000 methods')
  })

  it('cannot reach a prototype', () => {
    expect(unreadable('{"app":"a","group":"b","methods":{"__proto__":{}}}')).to.equal('it has a key "__proto__"')
    expect(unreadable('{"app":"a","group":"b","methods":{},"\\u005f_proto__":{}}')).to.equal('it has a key "__proto__"')
    const nested = '{"app":"a","group":"b","methods":{"get":{"output":{"properties":[{"__proto__":{}}]}}}}'
    expect(unreadable(nested)).to.equal('it has a key "__proto__"')
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'a b', '_x']) {
      expect(unreadable(JSON.stringify({ ...naming, methods: { [name]: {} } }))).to.equal(
        `"${name}" is no name of a method`,
      )
    }
  })

  it('never makes its reader throw', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string()), (text) => void parseContract(text)))
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        reading({ ...naming, methods: { get: value } })
        reading({ ...naming, methods: value })
      }),
    )
  })
})
