import { type Logger, type RpcError, silent } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import {
  consumer,
  defineService,
  implement,
  memoryTransport,
  method,
  provider,
  type StandardSchema,
} from '@kumquat/rpc'
import { toStandardJsonSchema } from '@valibot/to-json-schema'
import { type } from 'arktype'
import { expect } from 'chai'
import Type from 'typebox'
import * as v from 'valibot'
import { z } from 'zod'
import { rejection } from '../rejection.ts'
import { typeboxSchema } from './typebox-schema.ts'

interface Movie {
  readonly id: number
  readonly title: string
}

interface Vendor {
  readonly name: string
  readonly id: StandardSchema<number>
  readonly days: StandardSchema<number | undefined>
  readonly movie: StandardSchema<Movie>
}

const vendors: readonly Vendor[] = [
  {
    name: 'zod',
    id: z.int().min(1),
    days: z.int().optional(),
    movie: z.object({ id: z.int(), title: z.string() }),
  },
  {
    name: 'valibot',
    id: toStandardJsonSchema(v.pipe(v.number(), v.integer(), v.minValue(1))),
    days: v.optional(v.pipe(v.number(), v.integer())),
    movie: toStandardJsonSchema(v.object({ id: v.number(), title: v.string() })),
  },
  {
    name: 'arktype',
    id: type('number.integer >= 1'),
    days: type('number.integer | undefined'),
    movie: type({ id: 'number', title: 'string' }),
  },
  {
    name: 'typebox',
    id: typeboxSchema(Type.Integer({ minimum: 1 })),
    days: typeboxSchema(Type.Union([Type.Integer(), Type.Undefined()])),
    movie: typeboxSchema(Type.Object({ id: Type.Number(), title: Type.String() })),
  },
]

for (const { name, id, days, movie } of vendors) {
  describe(`a contract in the schemas of ${name}`, () => {
    const Catalog = defineService({
      app: 'movie',
      group: 'catalog',
      methods: {
        get: method({ input: id, output: movie, idempotent: true }),
        add: method({ input: [movie, days], output: movie }),
        lie: method({ input: [], output: movie }),
      },
    })
    const entered: unknown[][] = []
    const handlers = {
      get: (asked: number) => ({ id: asked, title: `Movie ${asked}` }),
      add: (...args: [Movie, number?]) => {
        entered.push(args)
        return args[0]
      },
      lie: () => ({ id: 1 }) as Movie,
    }
    const running: AsyncDisposable[] = []
    const start = async (validateReplies: boolean, logger: Logger = silent) => {
      const registry = memory()
      const { listen, connect } = memoryTransport()
      const services = [implement(Catalog, handlers)]
      const provides = await provider({ registry, services, listen, validateReplies, logger, quietMs: 0, signals: [] })
      const calls = await consumer({ registry, connect, logger })
      running.push(registry, provides, calls)
      return calls.client(Catalog)
    }
    afterEach(async () => {
      for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
      entered.length = 0
    })

    it('lets through what fits', async () => {
      const catalog = await start(true)
      expect(await catalog.get(7)).to.deep.equal({ id: 7, title: 'Movie 7' })
      expect(await catalog.add({ id: 8, title: 'Eight' })).to.deep.equal({ id: 8, title: 'Eight' })
      expect(await catalog.add({ id: 8, title: 'Eight' }, 3)).to.deep.equal({ id: 8, title: 'Eight' })
      expect(entered).to.deep.equal([[{ id: 8, title: 'Eight' }], [{ id: 8, title: 'Eight' }, 3]])
    })

    it('refuses arguments before the method is entered, naming the place', async () => {
      const catalog = await start(true)
      const low = await rejection(catalog.get(0))
      expect(low).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(low.message).to.match(/^movie\/catalog\/get: .*; it was called with \[0\]$/)
      const wrong = await rejection(catalog.add({ id: 1, title: 7 as never }, 'three' as never))
      expect(wrong).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(wrong.message).to.match(/^movie\/catalog\/add: argument 1, title: .* \(and \d more\); it was called with/)
      expect(issuesOf(wrong)[0]).to.deep.include({ argument: 0, path: ['title'] })
      expect(issuesOf(wrong).some(({ argument }) => argument === 1)).to.equal(true)
      const missing = await rejection(catalog.get(undefined as never))
      expect(missing).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(entered).to.deep.equal([])
    })

    it('refuses a reply that fits not, unless it is told not to look', async () => {
      const careful = await start(true)
      const broken = await rejection(careful.lie())
      expect(broken).to.include({ code: 'internal', outcome: 'ran' })
      expect(broken.message).to.match(/^movie\/catalog\/lie returned what its contract does not promise: /)
      const fast = await start(false)
      expect(await fast.lie()).to.deep.equal({ id: 1 })
    })
  })
}

interface Details {
  readonly debug: { readonly argument?: number; readonly path: readonly unknown[]; readonly message: string }
}

const issuesOf = ({ details = [] }: RpcError) => (details as readonly Details[]).map(({ debug }) => debug)
