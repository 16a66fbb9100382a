import {
  contractDocument,
  contractHash,
  contractOf,
  defineService,
  method,
  parseContract,
  type StandardSchema,
  service,
} from '@kumquat/rpc'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { expect } from 'chai'
import Type from 'typebox'
import * as v from 'valibot'
import { z } from 'zod'
import { documented } from '../../../src/contract/published/contract-document.ts'
import { typeboxSchema } from '../typebox-schema.ts'

const naming = { app: 'movie', group: 'catalog' }

describe('the document of a contract', () => {
  it('says all that a client must know', () => {
    const contract = defineService({
      ...naming,
      version: 'V1',
      methods: {
        get: method({ input: z.int().min(1), output: z.object({ id: z.int() }), idempotent: true, timeoutMs: 500 }),
        rent: method({ input: [z.string(), z.int().optional()] }),
        none: method({ input: [] }),
        any: method(),
      },
    })
    expect(contractDocument(contract)).to.deep.equal({
      schema: 1,
      ...naming,
      methods: {
        get: {
          kind: 'unary',
          idempotent: true,
          timeoutMs: 500,
          input: [{ type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }],
          required: 1,
          output: {
            type: 'object',
            properties: {
              id: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
            },
            required: ['id'],
          },
        },
        rent: {
          kind: 'unary',
          idempotent: false,
          input: [
            { type: 'string' },
            { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
          ],
          required: 1,
        },
        none: { kind: 'unary', idempotent: false, input: [], required: 0 },
        any: { kind: 'unary', idempotent: false },
      },
    })
  })

  it('is the same in the schemas of every library, a class, and after a journey', () => {
    const id = { type: 'string' }
    const inputs: readonly StandardSchema<string>[] = [
      ...[z.string(), type('string'), toStandardJsonSchema(v.string()), typeboxSchema(Type.String())],
    ]
    for (const input of inputs) {
      const contract = defineService({ ...naming, methods: { get: method({ input }) } })
      const document = contractDocument(contract)
      expect(document.methods['get']).to.deep.equal({ kind: 'unary', idempotent: false, input: [id], required: 1 })
      @service(naming)
      class Movies {
        @method({ input }) get(): void {}
      }
      expect(contractDocument(contractOf(Movies))).to.deep.equal(document)
      expect(parseContract(JSON.stringify(document))).to.deep.equal(document)
      expect(contractHash(document)).to.equal(contractHash(contractDocument(contractOf(Movies))))
    }
  })

  it('is of what crosses the wire, not of what schemas make of it', () => {
    const reply = z.object({ at: z.string().transform((text) => new Date(text)) })
    const { methods } = contractDocument(
      defineService({ ...naming, methods: { get: method({ input: z.string().transform(Number), output: reply }) } }),
    )
    expect(methods['get']).to.deep.include({ input: [{ type: 'string' }] })
    expect(methods['get']?.output).to.have.nested.property('properties.at.type', 'string')
  })

  it('leaves a gap where a schema cannot be written down, and says why', () => {
    const methods = { get: method({ input: [v.number(), z.date(), z.string()], output: v.string() }) }
    const { document, gaps } = documented(naming, Object.entries(methods))
    expect(document.methods['get']).to.deep.equal({
      ...{ kind: 'unary', idempotent: false, required: 3 },
      ...{ input: [true, true, { type: 'string' }], output: true },
    })
    expect(gaps).to.deep.equal([
      'get, argument 1: schemas of valibot say no JSON Schema by themselves',
      'get, argument 2: Date cannot be represented in JSON Schema',
      'get, reply: schemas of valibot say no JSON Schema by themselves',
    ])
  })

  it('takes JSON Schemas given by hand before those of the schemas', () => {
    const given = { input: { type: 'integer' }, output: { $schema: 'x', type: 'string' } }
    const methods = { get: method({ input: v.number(), output: z.number(), jsonSchema: given }) }
    const { document, gaps } = documented(naming, Object.entries(methods))
    expect(document.methods['get']).to.deep.include({ input: [{ type: 'integer' }], output: { type: 'string' } })
    expect(gaps).to.deep.equal([])
    const alone = method({ jsonSchema: { input: [{ type: 'string' }, {}] } })
    expect(documented(naming, [['get', alone]]).document.methods['get']).to.deep.include({
      input: [{ type: 'string' }, {}],
      required: 2,
    })
    expect(() => method({ jsonSchema: { output: 7 as never } })).to.throw(TypeError, 'got 7')
  })

  it('has no place for what could hurt its readers', () => {
    let deep: object = { type: 'string' }
    for (let level = 0; level < 100; level++) deep = { items: deep }
    const cycle: Record<string, unknown> = {}
    cycle['items'] = cycle
    const poison = JSON.parse('{"properties":{"__proto__":{"type":"string"}}}')
    for (const output of [deep, cycle, poison]) {
      const { document, gaps } = documented(naming, [['get', method({ jsonSchema: { output } })]])
      expect(document.methods['get']).to.deep.include({ output: true })
      expect(gaps).to.have.length(1)
    }
  })
})
