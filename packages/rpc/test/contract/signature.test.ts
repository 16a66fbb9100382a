import {
  type Client,
  defineService,
  type GivenOptions,
  type Handlers,
  implement,
  method,
  type StandardSchema,
} from '@kumquat/rpc'
import type { StandardSchemaV1 } from '@standard-schema/spec'
import { expect } from 'chai'
import { expectTypeOf } from 'expect-type'
import { z } from 'zod'

const Shop = defineService({
  app: 'movie',
  group: 'shop',
  methods: {
    one: method({ input: z.object({ id: z.number() }), output: z.string() }),
    many: method({ input: [z.string(), z.number().optional(), z.boolean().optional()], output: z.number() }),
    none: method({ input: [], output: z.null() }),
    late: method({ input: [z.string().transform(Number), z.number().default(7)], output: z.array(z.string()) }),
    only: method({ output: z.boolean() }),
    typed: method<(id: number) => string>({ output: z.string() }),
    silent: method({ input: z.number() }),
  },
})

describe('the signature of a method', () => {
  type Face = Client<typeof Shop>
  /** Callers may add options of the call. */
  type Call<A extends readonly unknown[], R> = (...args: [...A, options?: GivenOptions]) => Promise<R>
  type Given = Handlers<(typeof Shop)['methods']>

  it('is, for callers, what the schemas take and what the method returns', () => {
    expectTypeOf<Face['one']>().toEqualTypeOf<Call<[value: { id: number }], string>>()
    expectTypeOf<Face['many']>().parameters.toEqualTypeOf<
      [string, (number | undefined)?, (boolean | undefined)?, GivenOptions?]
    >()
    expectTypeOf<Face['none']>().toEqualTypeOf<Call<[], null>>()
    expectTypeOf<Face['late']>().parameters.toEqualTypeOf<[string, (number | undefined)?, GivenOptions?]>()
    expectTypeOf<Face['late']>().returns.toEqualTypeOf<Promise<string[]>>()
    expectTypeOf<Face['only']>().toEqualTypeOf<(...args: unknown[]) => Promise<boolean>>()
    expectTypeOf<Face['typed']>().toEqualTypeOf<Call<[id: number], string>>()
    expectTypeOf<Face['silent']>().toEqualTypeOf<Call<[value: number], unknown>>()
  })

  it('is, for the handler, what the schemas make of it', () => {
    expectTypeOf<Given['late']>().parameters.toEqualTypeOf<[number, number]>()
    expectTypeOf<Given['many']>().parameters.toEqualTypeOf<[string, (number | undefined)?, (boolean | undefined)?]>()
    expectTypeOf<Given['one']>().returns.toEqualTypeOf<string | Promise<string>>()
  })

  it('binds the handlers of a contract', () => {
    const rest = { many: () => 1, none: () => null, late: () => [], only: () => true, typed: String, silent: () => {} }
    expect(implement(Shop, { ...rest, one: ({ id }) => `${id}` }).methods).to.have.length(7)
    // @ts-expect-error the reply is a string
    expect(implement(Shop, { ...rest, one: ({ id }) => id }).methods).to.have.length(7)
    // @ts-expect-error there is no title
    expect(implement(Shop, { ...rest, one: ({ title }) => title }).methods).to.have.length(7)
  })

  it('takes whatever follows the Standard Schema specification', () => {
    const foreign: StandardSchemaV1<string, number> = z.string().transform(Number)
    expectTypeOf(foreign).toExtend<StandardSchema<string, number>>()
    const entry = method({ input: foreign })
    expect(entry.input).to.deep.equal([foreign])
  })
})
