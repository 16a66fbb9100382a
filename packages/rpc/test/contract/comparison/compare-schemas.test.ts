import type { JsonSchema } from '@kumquat/rpc'
import { expect } from 'chai'
import { compareSchemas } from '../../../src/contract/comparison/compare-schemas.ts'
import type { Side } from '../../../src/contract/comparison/walk.ts'

const comparing = (before: JsonSchema, after: JsonSchema, side: Side = 'input') =>
  compareSchemas({ before, after, side, at: '' })
/** `narrowed .a`, and `!` before it where it breaks. */
const lines = (before: JsonSchema, after: JsonSchema, side: Side = 'input') =>
  comparing(before, after, side).map(({ kind, at, breaking }) => `${breaking ? '!' : ''}${kind} ${at}`.trim())

const object = (properties: object, ...required: string[]) => ({ type: 'object', properties, required })
const text = { type: 'string' }
const whole = { type: 'integer' }

/** What is narrower than what. */
const narrowings: readonly (readonly [what: string, wide: JsonSchema, narrow: JsonSchema, at?: string])[] = [
  ['a type', {}, text],
  ['one of two types', { type: ['string', 'null'] }, text],
  ['an integer for a number', { type: 'number' }, whole],
  ['an enum', text, { type: 'string', enum: ['a'] }],
  ['an enum without a type', text, { enum: ['a'] }],
  ['a value of an enum', { enum: ['a', 'b'] }, { enum: ['a'] }],
  ['a const for an enum', { enum: ['a', 'b'] }, { const: 'a' }],
  ['a minimum', whole, { type: 'integer', minimum: 1 }],
  ['a greater minimum', { minimum: 1 }, { minimum: 2 }],
  ['an exclusive minimum', { minimum: 1 }, { exclusiveMinimum: 1 }],
  ['a lesser maximum', { maximum: 2 }, { exclusiveMaximum: 2 }],
  ['a least length', text, { type: 'string', minLength: 1 }],
  ['a greatest length', { maxLength: 9 }, { maxLength: 8 }],
  ['a count of elements', { type: 'array' }, { type: 'array', minItems: 1, maxItems: 1 }],
  ['a count of fields', { maxProperties: 3 }, { maxProperties: 2 }],
  ['a pattern', text, { type: 'string', pattern: '^a' }],
  ['a format', text, { type: 'string', format: 'email' }],
  ['unique elements', { uniqueItems: false }, { uniqueItems: true }],
  ['a field that must be there', object({ a: text }), object({ a: text }, 'a')],
  ['a type of a field', object({ a: {} }), object({ a: text }), '.a'],
  ['a type of other fields', { additionalProperties: {} }, { additionalProperties: text }, '.*'],
  ['a type of elements', { items: {} }, { items: text }, '[]'],
  ['a type of one element', { prefixItems: [{}] }, { prefixItems: [text] }, '[0]'],
  ['the end of a tuple', { prefixItems: [text] }, { prefixItems: [text], items: false }, '[]'],
  ['fewer alternatives', { anyOf: [text, whole] }, { anyOf: [text] }],
  ['none of the alternatives but one', { anyOf: [text, { type: 'null' }] }, text],
  ['an alternative', { oneOf: [text, { type: 'number' }] }, { oneOf: [whole, text] }],
  ['alternatives beside the rest', { type: 'object' }, { type: 'object', anyOf: [{ required: ['a'] }, {}] }],
  ['a condition', { type: 'object' }, { type: 'object', allOf: [{ maxProperties: 2 }] }],
  ['what is referred to', { $ref: '#/$defs/a', $defs: { a: {} } }, { $ref: '#/$defs/b', $defs: { b: text } }],
  ['nothing at all', true, false],
]

describe('the comparison of schemas', () => {
  for (const [what, wide, narrow, at = ''] of narrowings) {
    it(`knows what is narrower: ${what}`, () => {
      const found = (...[before, after, side]: Parameters<typeof lines>) => [...new Set(lines(before, after, side))]
      const place = what.startsWith('a field') ? '.a' : at
      expect(found(wide, narrow)).to.deep.equal([`!narrowed ${place}`.trim()])
      expect(found(narrow, wide)).to.deep.equal([`widened ${place}`.trim()])
      expect(found(wide, narrow, 'output')).to.deep.equal([`narrowed ${place}`.trim()])
      expect(found(narrow, wide, 'output')).to.deep.equal([`!widened ${place}`.trim()])
    })
  }

  it('knows what is neither', () => {
    expect(lines(text, whole)).to.deep.equal(['!changed'])
    expect(lines({ enum: ['a', 'b'] }, { enum: ['b', 'c'] }, 'output')).to.deep.equal(['narrowed', '!widened'])
    expect(lines({ pattern: 'a' }, { pattern: 'b' })).to.deep.equal(['!changed'])
    expect(lines({ if: {} }, {}, 'output')).to.deep.equal(['!changed'])
    expect(lines({ anyOf: [text, whole] }, { anyOf: [{ type: 'null' }, { type: 'array' }] })).to.deep.equal([
      '!changed',
    ])
    expect(lines({ somethingNew: 1 }, { somethingNew: 2 })).to.deep.equal(['!changed'])
  })

  it('passes over what says nothing of which values fit', () => {
    const noted = { $schema: 'x', $id: 'y', title: 't', description: 'd', default: 1, examples: [1], deprecated: true }
    expect(lines({ ...noted, ...whole }, whole)).to.deep.equal([])
    expect(
      lines({ ...object({ a: text }, 'a'), $comment: 'x' }, object({ a: { ...text, title: 'A' } }, 'a')),
    ).to.deep.equal([])
    expect(lines({ required: ['a', 'b'] }, { required: ['b', 'a'] })).to.deep.equal([])
    expect(lines({ anyOf: [text, whole] }, { anyOf: [whole, text] })).to.deep.equal([])
    expect(lines({ type: ['string', 'null'] }, { type: ['null', 'string'] })).to.deep.equal([])
    expect(lines({ uniqueItems: false }, {})).to.deep.equal([])
  })

  it('lets a field be added where nobody is hurt', () => {
    const [small, large, must] = [object({}), object({ a: text }), object({ a: text }, 'a')]
    expect(lines(small, large)).to.deep.equal(['added .a'])
    expect(lines(small, must)).to.deep.equal(['!narrowed .a'])
    expect(lines(small, large, 'output')).to.deep.equal(['added .a'])
    expect(lines(small, must, 'output')).to.deep.equal(['added .a'])
    const closed = { ...small, additionalProperties: false }
    expect(lines(closed, { ...large, additionalProperties: false })).to.deep.equal(['added .a'])
    expect(lines(closed, small, 'output')).to.deep.equal(['widened .*'])
    expect(lines(small, closed, 'input')).to.deep.equal(['!narrowed .*'])
  })

  it('lets no field go', () => {
    expect(lines(object({ a: text }), object({}))).to.deep.equal(['!removed .a'])
    expect(lines(object({ a: text }, 'a'), object({}), 'output')).to.deep.equal(['!removed .a'])
  })

  it('holds fields with a name against those without', () => {
    const record = { type: 'object', additionalProperties: { type: 'number' } }
    expect(lines(record, { ...record, properties: { a: whole } })).to.deep.equal(['!narrowed .a'])
    expect(lines({ ...record, properties: { a: whole } }, record)).to.deep.equal(['widened .a'])
  })

  it('tells alternatives by the field that tells them apart', () => {
    const shape = (kind: string, size: object) => object({ kind: { const: kind }, size }, 'kind')
    const before = { oneOf: [shape('circle', whole), shape('square', whole)] }
    expect(lines(before, { oneOf: [shape('square', text), shape('circle', { type: 'number' })] })).to.have.members([
      'widened .size',
      '!changed .size',
    ])
    expect(
      lines(before, { oneOf: [shape('square', whole), shape('circle', whole), shape('star', whole)] }),
    ).to.deep.equal(['widened'])
  })

  it('follows schemas that contain themselves', () => {
    const tree = (value: object, more: object = {}) => ({
      $ref: '#/$defs/node',
      $defs: { node: { ...object({ value, children: { type: 'array', items: { $ref: '#/$defs/node' } } }), ...more } },
    })
    expect(lines(tree(whole), tree({ type: 'number' }))).to.deep.equal(['widened .value'])
    expect(lines(tree(whole), tree(whole, { title: 'a node' }))).to.deep.equal([])
    const self = (value: object) => object({ value, next: { $ref: '#' } })
    expect(lines(self(whole), self(text))).to.deep.equal(['!changed .value'])
    const circle = { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }
    expect(lines(circle, {})).to.deep.equal(['!changed'])
    const choice = { anyOf: [{ $ref: '#' }] }
    expect(lines(text, choice)).to.be.an('array')
  })

  it('does not guess what it cannot find', () => {
    for (const reference of [
      '#/$defs/none',
      'https://example.org/x',
      '#anchor',
      '#/%',
      '#/__proto__/x',
      '#/$defs/constructor',
    ]) {
      expect(lines({ $ref: reference, $defs: {} }, {})).to.deep.equal(['!changed'])
    }
    const beside = { $ref: '#/$defs/a', type: 'object', $defs: { a: { type: 'object' } } }
    expect(lines(beside, {})).to.deep.equal(['!changed'])
    const hidden = (a: object) => ({ not: { $ref: '#/$defs/a' }, $defs: { a } })
    expect(lines(hidden(text), hidden(whole))).to.deep.equal(['!changed'])
    const escaped = { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': text } }
    expect(lines(escaped, text)).to.deep.equal([])
  })

  it('comes to an end with schemas made to prevent it', () => {
    const doubling = (last: object) => ({
      $ref: '#/$defs/d0',
      $defs: Object.fromEntries([
        ...Array.from({ length: 500 }, (_, n) => [
          `d${n}`,
          object({ a: { $ref: `#/$defs/d${n + 1}` }, b: { $ref: `#/$defs/d${n + 1}` } }),
        ]),
        ['d500', last],
      ]),
    })
    expect(lines(doubling(text), doubling(whole))).to.have.length(2)
    const ring = (length: number) => ({
      $ref: '#/$defs/r0',
      $defs: Object.fromEntries(
        Array.from({ length }, (_, n) => [`r${n}`, object({ a: { $ref: `#/$defs/r${(n + 1) % length}` } })]),
      ),
    })
    expect(comparing(ring(199), ring(197)).map(({ message }) => message)).to.deep.equal([
      'the schemas are too intricate to be compared',
    ])
  })

  it('says no more than is of use, whatever the schemas are called', () => {
    const long = 'x'.repeat(100_000)
    const [before, after] = [
      object({ [long]: { type: [long, 'a'], [long]: 1 } }),
      object({ [long]: { type: long, [long]: 2 } }),
    ]
    const changes = comparing(before, after)
    expect(changes).to.have.length(2)
    expect(JSON.stringify(changes)).to.have.length.below(2_000)
    expect(JSON.stringify(comparing({ enum: [long] }, { enum: [] }))).to.have.length.below(300)
  })
})
