import { silent } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import {
  type Consumer,
  consumer,
  type DescribedReply,
  defineService,
  httpConnect,
  httpListen,
  implement,
  memoryTransport,
  method,
  provider,
  type ReplySerializer,
  streamConnect,
  streamListen,
  type Transport,
} from '@kumquat/rpc'
import { expect } from 'chai'
import fc from 'fast-check'
import fastJson from 'fast-json-stringify'
import { z } from 'zod'

const movie = z.strictObject({
  id: z.int(),
  title: z.string(),
  rating: z.number(),
  isOld: z.boolean(),
  year: z.int().optional(),
  place: z.strictObject({ city: z.string() }),
})

const contract = defineService({
  app: 'movie',
  group: 'catalog',
  methods: {
    get: method({ input: movie, output: movie }),
    other: method({ input: z.int(), output: z.string() }),
    untold: method<(id: number) => number>(),
    items: method({ stream: 'server', input: z.int(), output: z.int() }),
  },
})

const transports: Readonly<Record<string, () => Transport>> = {
  http: () => ({ connect: httpConnect({ logger: silent }), listen: httpListen() }),
  stream: () => ({ connect: streamConnect({ logger: silent }), listen: streamListen() }),
  memory: () => memoryTransport(),
}

for (const [name, transport] of Object.entries(transports)) {
  describe(`replies written by a serializer, over ${name},`, () => {
    const open: AsyncDisposable[] = []
    afterEach(async () => {
      for (const one of open.splice(0).reverse()) await one[Symbol.asyncDispose]()
    })

    const begin = async (serializer: ReplySerializer): Promise<Consumer> => {
      const registry = memory()
      open.push(registry)
      const { connect, listen } = transport()
      const handlers = {
        get: (given: z.infer<typeof movie>) => given,
        other: (id: number) => `"${id}"`,
        untold: (id: number) => id,
        async *items(most: number) {
          for (let i = 0; i < most; i++) yield i
        },
      }
      const serving = await provider({
        ...{ registry, listen, serializer, logger: silent, signals: [], quietMs: 1 },
        services: [implement(contract, handlers)],
      })
      open.push(serving)
      const calling = await consumer({ registry, connect, logger: silent })
      open.push(calling)
      return calling
    }

    it('asks it once for each method that has a schema and does not stream, with that schema', async () => {
      const asked: DescribedReply[] = []
      const calling = await begin((reply) => {
        asked.push(reply)
        return undefined
      })
      const { get } = calling.client(contract)
      await get({ id: 1, title: '', rating: 1, isOld: true, place: { city: '' } })
      expect(asked.map(({ method }) => method)).to.deep.equal(['get', 'other'])
      expect(asked[0]).to.deep.include({ service: { app: 'movie', group: 'catalog' } })
      expect(asked[0]!.schema).to.deep.include({ type: 'object', additionalProperties: false })
    })

    it('carries what JSON.stringify would, with one that compiles schemas', async () => {
      let written = 0
      const calling = await begin(({ schema }) => {
        const write = fastJson(schema)
        return (value) => {
          written++
          return write(value)
        }
      })
      const client = calling.client(contract)
      const movies = fc.record(
        {
          ...{ id: fc.maxSafeInteger(), title: fc.string({ unit: 'binary' }), isOld: fc.boolean() },
          ...{ rating: fc.double({ noNaN: true, noDefaultInfinity: true }), year: fc.maxSafeInteger() },
          place: fc.record({ city: fc.string({ unit: 'grapheme' }) }, { noNullPrototype: true }),
        },
        { requiredKeys: ['id', 'title', 'rating', 'isOld', 'place'], noNullPrototype: true },
      )
      await fc.assert(
        fc.asyncProperty(movies, async (one) => {
          expect(await client.get(one)).to.deep.equal(JSON.parse(JSON.stringify(one)))
        }),
        { numRuns: 50 },
      )
      expect(written).to.equal(50)
      expect(await client.other(5)).to.equal('"5"')
      expect(await client.untold(5)).to.equal(5)
      expect(written).to.equal(51)
      const items: number[] = []
      for await (const item of client.items(2)) items.push(item)
      expect(items).to.deep.equal([0, 1])
    })

    it('leaves to JSON.stringify what it throws at, and what it makes no text of', async () => {
      const calling = await begin(({ method }) =>
        method === 'get'
          ? () => {
              throw new Error('not today')
            }
          : () => undefined as unknown as string,
      )
      const client = calling.client(contract)
      const one = { id: 1, title: 'Alien', rating: 8.5, isOld: true, place: { city: 'space' } }
      expect(await client.get(one)).to.deep.equal(one)
      expect(await client.other(5)).to.equal('"5"')
    })

    it('does not start with one that throws, or returns no function', async () => {
      const refused = (serializer: ReplySerializer): Promise<unknown> =>
        begin(serializer).then(
          () => 'it started',
          (error: unknown) => error,
        )
      const thrown = await refused(() => {
        throw new Error('unsupported keyword')
      })
      expect(String(thrown)).to.match(
        /^TypeError: serializer threw for movie\/catalog\/get: unsupported keyword; have it/,
      )
      const bad = await refused(() => 5 as unknown as undefined)
      expect(String(bad)).to.match(/^TypeError: serializer must return a function or undefined, got 5 for movie/)
    })
  })
}
