import type { JsonSchema } from '@kumquat/rpc'
import { expect } from 'chai'
import fc from 'fast-check'
import { Check } from 'typebox/schema'
import { compareSchemas } from '../../../src/contract/comparison/compare-schemas.ts'
import type { Side } from '../../../src/contract/comparison/walk.ts'

type Schema = Readonly<Record<string, unknown>>

const NAMES = ['a', 'b', 'constructor'] as const

const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
const said = (schema: object): Schema => JSON.parse(JSON.stringify(schema))
const small = fc.integer({ min: 0, max: 3 })

const { schema: anySchema } = fc.letrec<{ schema: Schema }>((tie) => ({
  schema: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'schema' },
    fc
      .record({
        type: fc.constantFrom('integer', 'number', ['number', 'null'], 'string', 'boolean', 'null'),
        minimum: some(small),
        exclusiveMinimum: some(small),
        maximum: some(small),
        minLength: some(small),
        maxLength: some(small),
        title: some(fc.string()),
      })
      .map(said),
    fc.record({ enum: fc.uniqueArray(fc.constantFrom('a', 'b', 0, 1, null), { minLength: 1 }) }),
    fc
      .record({
        type: fc.constant('object'),
        properties: fc.dictionary(fc.constantFrom(...NAMES), tie('schema'), { noNullPrototype: true }),
        required: fc.subarray([...NAMES]),
        additionalProperties: some(fc.oneof(fc.constant(false), tie('schema'))),
      })
      .map(({ required, ...more }) =>
        said({ ...more, required: required.filter((name) => Object.hasOwn(more.properties, name)) }),
      ),
    fc
      .record({
        type: fc.constant('array'),
        prefixItems: some(fc.array(tie('schema'), { minLength: 1, maxLength: 2 })),
        items: some(fc.oneof(tie('schema'), fc.constant(false))),
        minItems: some(small),
        maxItems: some(small),
      })
      .map(said),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ type: fc.constant('string'), allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 2 }) }),
  ),
}))

/** A schema, and one that is made of it by a few changes, so that not all is different. */
const relatives = fc.tuple(anySchema, anySchema, fc.integer({ min: 0, max: 20 })).map(([before, other, at]) => {
  let left = at
  const changed = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
    if (left-- === 0) return other
    return Object.fromEntries(
      Object.entries(value).map(([key, member]) => {
        if (key === 'properties') {
          return [
            key,
            Object.fromEntries(Object.entries(member as object).map(([name, field]) => [name, changed(field)])),
          ]
        }
        if (['anyOf', 'allOf', 'prefixItems'].includes(key)) return [key, (member as unknown[]).map(changed)]
        return [key, changed(member)]
      }),
    )
  }
  return [before, said(changed(before) as object)] as const
})

/** Values at which these schemas differ, more likely than others. */
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'value' },
    fc.constantFrom('', 'a', 'b', 'abc', 'abcd', 0, 1, 2, 3, 0.5, -1, 4, true, null),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { noNullPrototype: true }),
    fc.array(tie('value'), { maxLength: 3 }),
  ),
}))

/** Fields that a schema does not name hurt nobody, by agreement: so look at values without them, or do not mind them. */
const withRest = (rest: false | undefined) => {
  const rewritten = (schema: unknown): unknown => {
    if (Array.isArray(schema)) return schema.map(rewritten)
    if (typeof schema !== 'object' || schema === null) return schema
    const members = Object.entries(schema).map(([key, member]) => [key, rewritten(member)] as const)
    const copy = Object.fromEntries(members)
    const isOpen = typeof copy['additionalProperties'] !== 'object'
    return copy['type'] === 'object' && isOpen ? said({ ...copy, additionalProperties: rest }) : copy
  }
  return (schema: Schema) => rewritten(schema) as Schema
}
const closed = withRest(false)
const open = withRest(undefined)

const breaks = (before: JsonSchema, after: JsonSchema, side: Side): boolean =>
  compareSchemas({ before, after, side, at: '' }).some(({ breaking }) => breaking)

describe('what the comparison calls harmless', () => {
  const runs = { numRuns: 500 }

  it('is no change at all for equal schemas', () => {
    fc.assert(
      fc.property(anySchema, fc.constantFrom<Side>('input', 'output'), (schema, side) => {
        expect(compareSchemas({ before: schema, after: said(schema), side, at: '' })).to.deep.equal([])
        const annotated = { description: 'x', ...schema }
        expect(compareSchemas({ before: schema, after: annotated, side, at: '' })).to.deep.equal([])
      }),
    )
  })

  it('is an added field that may be absent', () => {
    const object = anySchema.filter(({ type }) => type === 'object')
    fc.assert(
      fc.property(object, anySchema, fc.constantFrom<Side>('input', 'output'), (before, field, side) => {
        const { additionalProperties: rest, properties, ...more } = before as Schema & { properties: object }
        const smaller = { ...more, properties, ...(rest === false && { additionalProperties: false }) }
        const after = { ...smaller, properties: { ...properties, added: field } }
        expect(breaks(smaller, after, side)).to.equal(false)
      }),
    )
  })

  it('lets a provider take every argument that fitted before', () => {
    let decided = 0
    fc.assert(
      fc.property(relatives, fc.array(anyValue, { minLength: 20, maxLength: 20 }), ([before, after], values) => {
        if (breaks(before, after, 'input')) return
        for (const value of values) {
          if (!Check(closed(before), value)) continue
          decided++
          expect(Check(after, value), JSON.stringify({ before, after, value })).to.equal(true)
        }
      }),
      runs,
    )
    expect(decided).to.be.above(100)
  })

  it('gives callers no reply that did not fit before', () => {
    let decided = 0
    fc.assert(
      fc.property(relatives, fc.array(anyValue, { minLength: 20, maxLength: 20 }), ([before, after], values) => {
        if (breaks(before, after, 'output')) return
        for (const value of values) {
          if (!Check(closed(after), value)) continue
          decided++
          expect(Check(open(before), value), JSON.stringify({ before, after, value })).to.equal(true)
        }
      }),
      runs,
    )
    expect(decided).to.be.above(100)
  })
})
