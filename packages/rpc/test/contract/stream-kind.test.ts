import { type Client, defineService, type Handlers, method, type ServiceTarget } from '@kumquat/rpc'
import { expect } from 'chai'
import { expectTypeOf } from 'expect-type'
import { z } from 'zod'
import { assertStreamKind, type StreamKindOf } from '../../src/contract/stream-kind.ts'
import { targetOf } from '../../src/contract/target.ts'

interface Feed {
  watch(since: Date): AsyncIterable<string>
  generated(): AsyncGenerator<number, void>
  later(): Promise<AsyncIterable<number>>
  upload(name: string, lines: AsyncIterable<string>): Promise<number>
  chat(lines: AsyncIterable<string>): AsyncIterable<string>
  plain(id: number): string
  anything(): ReturnType<typeof JSON.parse>
  never(): never
  list(): number[]
}

describe('the kind of a stream', () => {
  it('follows from the type of a method', () => {
    expectTypeOf<StreamKindOf<Feed['watch']>>().toEqualTypeOf<'server'>()
    expectTypeOf<StreamKindOf<Feed['generated']>>().toEqualTypeOf<'server'>()
    expectTypeOf<StreamKindOf<Feed['later']>>().toEqualTypeOf<'server'>()
    expectTypeOf<StreamKindOf<Feed['upload']>>().toEqualTypeOf<'client'>()
    expectTypeOf<StreamKindOf<Feed['chat']>>().toEqualTypeOf<'both'>()
    expectTypeOf<StreamKindOf<Feed['plain']>>().toEqualTypeOf<never>()
    expectTypeOf<StreamKindOf<Feed['list']>>().toEqualTypeOf<never>()
  })

  it('is what a client that has only a type may say of a method, and nothing else', () => {
    const named: ServiceTarget<Feed> = {
      app: 'a',
      group: 'b',
      streams: { watch: 'server', upload: 'client', chat: 'both' },
    }
    // @ts-expect-error it streams to the provider
    const wrong: ServiceTarget<Feed> = { app: 'a', group: 'b', streams: { upload: 'server' } }
    // @ts-expect-error it does not stream
    const none: ServiceTarget<Feed> = { app: 'a', group: 'b', streams: { plain: 'server' } }
    expect([named, wrong, none].map((target) => targetOf(target as ServiceTarget).streams?.size)).to.deep.equal([
      3, 1, 1,
    ])
  })

  it('gives a client an iterable at once, or a promise of the one reply', () => {
    type Remote = Client<Feed>
    expectTypeOf<ReturnType<Remote['watch']>>().toEqualTypeOf<AsyncIterable<string>>()
    expectTypeOf<ReturnType<Remote['generated']>>().toEqualTypeOf<AsyncIterable<number>>()
    expectTypeOf<ReturnType<Remote['later']>>().toEqualTypeOf<AsyncIterable<number>>()
    expectTypeOf<ReturnType<Remote['upload']>>().toEqualTypeOf<Promise<number>>()
    expectTypeOf<ReturnType<Remote['chat']>>().toEqualTypeOf<AsyncIterable<string>>()
    expectTypeOf<ReturnType<Remote['plain']>>().toEqualTypeOf<Promise<string>>()
    expectTypeOf<ReturnType<Remote['anything']>>().toEqualTypeOf<Promise<ReturnType<typeof JSON.parse>>>()
    expectTypeOf<ReturnType<Remote['never']>>().toEqualTypeOf<Promise<never>>()
    expectTypeOf<ReturnType<Remote['list']>>().toEqualTypeOf<Promise<number[]>>()
  })

  it('makes the output schema that of an item', () => {
    const feed = defineService({
      ...{ app: 'a', group: 'b' },
      methods: { watch: method({ stream: 'server', input: z.int(), output: z.string() }) },
    })
    expectTypeOf<ReturnType<Client<typeof feed>['watch']>>().toEqualTypeOf<AsyncIterable<string>>()
    const handlers: Handlers<(typeof feed)['methods']> = {
      async *watch(id) {
        yield String(id satisfies number)
      },
    }
    expect(handlers.watch).to.be.a('function')
    expect(targetOf(feed).streams).to.deep.equal(new Map([['watch', 'server']]))
  })

  it('is one of three', () => {
    for (const kind of ['server', 'client', 'both'] as const) expect(assertStreamKind('stream', kind)).to.equal(kind)
    for (const kind of ['bidi', '', true, null]) {
      const message = `stream must be 'server', 'client' or 'both', got ${JSON.stringify(kind)}`
      expect(() => method({ stream: kind as 'server' })).to.throw(TypeError, message)
    }
  })
})
