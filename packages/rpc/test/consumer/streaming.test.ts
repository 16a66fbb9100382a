import { type HealthPolicy, type Peers, pending, retryBudget } from '@kumquat/cluster'
import {
  Cell,
  type Filter,
  type Invocation,
  type Reply,
  RpcError,
  type StreamFilter,
  type StreamInvocation,
  silent,
} from '@kumquat/core'
import { eventually, recordingObserver } from '@kumquat/core/testing'
import { MemoryTree, memory } from '@kumquat/registry'
import {
  type Client,
  type Consumer,
  type ConsumerOptions,
  callOptions,
  consumer,
  currentCall,
  httpConnect,
  httpListen,
  memoryTransport,
  method,
  type Provider,
  type ProviderOptions,
  provider,
  service,
  streamConnect,
  streamListen,
  type Transport,
} from '@kumquat/rpc'
import { expect } from 'chai'
import { listenersOn } from '../listeners.ts'
import { rejection } from '../rejection.ts'
import { Feeds } from '../stream-trials/feeds.ts'
import { all, failing } from '../stream-trials/stream-stage.ts'

const feedsKey = { app: 'trial', group: 'feeds' }

/** Streams on what it streams from the feeds. */
@service({ app: 'trial', group: 'relay' })
class Relay {
  readonly #feeds: Client<Feeds>

  constructor(feeds: Client<Feeds>) {
    this.#feeds = feeds
  }

  @method({ stream: 'server' })
  async *context(): AsyncGenerator<unknown> {
    yield* this.#feeds.context()
  }

  @method({ stream: 'server' })
  async *held(): AsyncGenerator<unknown> {
    yield* this.#feeds.held()
  }
}

/** Their ends, of which those of memory find one another. */
const transports: Readonly<Record<string, () => Transport>> = {
  memory: () => memoryTransport({ caller: 'web' }),
  HTTP: () => ({ connect: httpConnect({ caller: 'web', logger: silent }), listen: httpListen() }),
  frames: () => ({ connect: streamConnect({ caller: 'web', logger: silent }), listen: streamListen() }),
}

for (const [over, make] of Object.entries(transports)) {
  describe(`a consumer that streams over ${over}`, () => {
    let tree: MemoryTree
    let transport: Transport
    const running: AsyncDisposable[] = []
    beforeEach(() => {
      tree = new MemoryTree()
      transport = make()
    })
    afterEach(async () => {
      for (const one of running.splice(0).reverse()) await one[Symbol.asyncDispose]()
    })
    const keep = <T extends AsyncDisposable>(one: T): T => {
      running.push(one)
      return one
    }
    const provide = async (feeds: object, options: Partial<ProviderOptions> = {}): Promise<Provider> => {
      const registry = keep(memory({ tree }))
      const own = { registry, services: [feeds], quietMs: 0, drainTimeoutMs: 50, logger: silent, ...options }
      return keep(await provider({ ...own, listen: transport.listen }))
    }
    const consume = async (options: Partial<ConsumerOptions> = {}): Promise<Consumer> => {
      const own = { registry: keep(memory({ tree })), caller: 'web', logger: silent, ...options }
      return keep(await consumer({ ...own, connect: transport.connect }))
    }
    const populated = async (consuming: Consumer, count: number): Promise<Peers> =>
      await eventually(() => {
        expect(consuming.peers(feedsKey).current).to.have.length(count)
        return consuming.peers(feedsKey).current
      })
    const refusing =
      (isRefused: () => boolean, error: () => Error): Filter<Invocation, Reply> =>
      (next) =>
      async (invocation) => {
        if (isRefused()) throw error()
        return await next(invocation)
      }

    it('waits for the registry, and needs no deadline for that', async () => {
      await provide(new Feeds())
      const { client } = await consume()
      expect(await all(client(Feeds).count(3))).to.deep.equal([0, 1, 2])
    })

    it('is told which methods stream where it has only a type', async () => {
      await provide(new Feeds())
      const { client } = await consume()
      const named = client<Feeds>({ ...feedsKey, streams: { count: 'server' } })
      expect(await all(named.count(2))).to.deep.equal([0, 1])
      const untold = client<Pick<Feeds, 'plain'> & { count(items: number): Promise<unknown> }>(feedsKey)
      const error = await rejection(untold.count(1))
      expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    })

    it('says at once that the last argument is no stream', async () => {
      const { client } = await consume()
      const named = client<{ sum(numbers: AsyncIterable<number>): Promise<number> }>({
        ...feedsKey,
        streams: { sum: 'client' },
      })
      expect(() => named.sum([1] as never)).to.throw(TypeError, 'the last argument of sum must be an AsyncIterable')
    })

    it('counts a stream as in flight at its peer until its end, whatever that is', async () => {
      const feeds = new Feeds()
      await provide(feeds)
      const consuming = await consume()
      const client = consuming.client(Feeds)
      const [peer] = await populated(consuming, 1)
      const iterator = client.held()[Symbol.asyncIterator]()
      await iterator.next()
      expect(peer!.load(pending)).to.equal(1)
      feeds.release()
      while (!(await iterator.next()).done);
      expect(peer!.load(pending)).to.equal(0)
      await failing(client.failing(1))
      expect(peer!.load(pending)).to.equal(0)
      for await (const item of client.blocks(1)) {
        expect([item, peer!.load(pending)]).to.deep.equal(['x', 1])
        break
      }
      await eventually(() => expect(peer!.load(pending)).to.equal(0))
    })

    it('goes to another provider while nothing has run, and pays for it', async () => {
      await provide(new Feeds())
      await provide(new Feeds())
      const budget = retryBudget({ percent: 0, minPerSecond: 1, windowMs: 1_000 })
      let attempts = 0
      const notRun = (): Error => new RpcError('unavailable', 'not now', { outcome: 'not-run' })
      const consuming = await consume({ budget, attemptFilters: [refusing(() => attempts++ % 2 === 0, notRun)] })
      await populated(consuming, 2)
      const client = consuming.client(Feeds)
      expect(await all(client.count(3))).to.deep.equal([0, 1, 2])
      expect(attempts).to.equal(2)
      expect(budget.balance).to.equal(0)
      expect((await failing(client.count(3))).error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(attempts).to.equal(3)
    })

    it('does not try again what may have run, idempotent or not', async () => {
      await provide(new Feeds())
      await provide(new Feeds())
      let attempts = 0
      const unknown = (): Error => new RpcError('unavailable', 'cut')
      const consuming = await consume({ attemptFilters: [refusing(() => attempts++ >= 0, unknown)] })
      await populated(consuming, 2)
      const client = consuming.client<Feeds>({ ...feedsKey, idempotent: ['count'], streams: { count: 'server' } })
      expect((await failing(client.count(1))).error).to.include({ code: 'unavailable', outcome: 'unknown' })
      expect(attempts).to.equal(1)
    })

    it('does not try again after an item, whatever its failure says of itself', async () => {
      const each = [new Feeds(), new Feeds()]
      for (const feeds of each) await provide(feeds)
      const consuming = await consume()
      await populated(consuming, 2)
      const { items, error } = await failing(consuming.client(Feeds).refusing(1))
      expect(items).to.deep.equal([0])
      expect(error).to.include({ code: 'not_found', outcome: 'ran', retryable: true })
      expect(each.flatMap(({ events }) => events)).to.deep.equal(['refusing entered', 'refusing closed'])
    })

    it('tells health how each stream ended, as of a call', async () => {
      await provide(new Feeds())
      const ends: string[] = []
      const health: HealthPolicy = () => ({
        verdicts: new Cell([]),
        connect: (next) => (record) => {
          const endpoint = next(record)
          return {
            async invoke(invocation) {
              try {
                return await endpoint.invoke(invocation).finally(() => ends.push(`${invocation.method} ended`))
              } catch (error) {
                ends.push(RpcError.is(error) ? `${error.code} ${error.outcome}` : 'no RpcError')
                throw error
              }
            },
            get status() {
              return endpoint.status
            },
            [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
          }
        },
        [Symbol.dispose]() {},
      })
      const { client } = await consume({ health })
      await all(client(Feeds).count(1))
      await failing(client(Feeds).failing(1))
      for await (const item of client(Feeds).blocks(1)) if (item === 'x') break
      const asCalls = ['count ended', 'failing ended', 'unknown ran', 'blocks ended', 'canceled unknown']
      await eventually(() => expect(ends).to.deep.equal(asCalls))
    })

    it('tells an observer of the call and of the attempt, each with its end', async () => {
      const { address } = await provide(new Feeds())
      const observer = recordingObserver()
      const { client } = await consume({ observer })
      await all(client(Feeds).with({ lane: 'blue' }).count(1))
      await failing(client(Feeds).refusing(0))
      const common = { service: feedsKey, caller: 'web' }
      expect(observer.starts.slice(0, 2)).to.deep.equal([
        { ...common, kind: 'call', method: 'count', lane: 'blue' },
        { ...common, kind: 'attempt', method: 'count', lane: 'blue', peer: address, attempt: 1 },
      ])
      expect(observer.ends.map(({ kind, code }) => `${kind} ${code}`)).to.deep.equal([
        ...['attempt ok', 'call ok'],
        ...['attempt not_found', 'call not_found'],
      ])
    })

    it('bounds a stream by what its call, its client or its method says, and not by its own time', async () => {
      const feeds = new Feeds()
      await provide(feeds)
      const { client } = await consume({ timeoutMs: 50 })
      const target = { ...feedsKey, streams: { held: 'server' }, timeouts: { held: 60 } } as const
      for (const bounded of [
        client(Feeds).with({ timeoutMs: 60 }).held(),
        client(Feeds, { timeoutMs: 60 }).held(),
        client<Feeds>(target).held(),
      ]) {
        const { items, error } = await failing(bounded)
        expect(items).to.deep.equal(['first'])
        expect(error).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
      }
      const iterator = client(Feeds).held()[Symbol.asyncIterator]()
      await iterator.next()
      const last = iterator.next()
      await failing(client(Feeds, { timeoutMs: 100 }).held())
      feeds.release()
      expect((await last).value).to.equal('last')
      expect((await iterator.next()).done).to.equal(true)
    })

    it('gives a stream its time from when it is read', async () => {
      await provide(new Feeds())
      const { client } = await consume()
      const kept = client(Feeds, { timeoutMs: 300 }).count(1)
      const other = await failing(client(Feeds, { timeoutMs: 350 }).held())
      expect(other.error).to.include({ code: 'deadline_exceeded' })
      expect(await all(kept)).to.deep.equal([0])
    })

    it('takes options of one stream', async () => {
      await provide(new Feeds())
      const { client } = await consume()
      const given = client<{ context(options?: object): AsyncIterable<{ attachments: object }> }>({
        ...feedsKey,
        streams: { context: 'server' },
      }).context(callOptions({ attachments: { user: 'ann' } }))
      for await (const { attachments } of given) expect(attachments).to.deep.equal({ user: 'ann' })
    })

    it('hands on lane and attachments from a stream to the streams it makes, and the end of its reader', async () => {
      const feeds = new Feeds()
      await provide(feeds)
      const inner = await consume()
      await provide(new Relay(inner.client(Feeds)))
      const { client } = await consume()
      const relay = client(Relay).with({ lane: 'blue', attachments: { user: 'ann' } })
      for (const seen of await all(relay.context())) {
        expect(seen).to.deep.include({ attachments: { lane: 'blue', user: 'ann' }, method: 'context' })
      }
      for await (const item of relay.held()) if (item === 'first') break
      await eventually(() => expect(feeds.events.at(-1)).to.equal('held aborted'))
      expect(currentCall()).to.equal(undefined)
    })

    it('passes items through filters of both ends, the first outermost', async () => {
      const feeds = new Feeds()
      const times =
        <Call extends StreamInvocation>(factor: number, plus: number): StreamFilter<Call> =>
        (next) =>
          async function* (call) {
            for await (const item of next(call)) yield factor * (item as number) + plus
          }
      await provide(feeds, { streamFilters: [times(10, 0), times(1, 1)] })
      const { client } = await consume({ streamFilters: [times(1, 5), times(2, 0)] })
      expect(await all(client(Feeds).count(3))).to.deep.equal([25, 45, 65])
      const counted = client(Feeds).count(1_000)
      for await (const item of counted) if (item > 100) break
      expect(() => counted[Symbol.asyncIterator]()).to.throw(TypeError, 'was iterated already')
      await eventually(() => expect(feeds.events.at(-1)).to.match(/^count (aborted|closed)$/))
    })

    it('ends its streams when it is disposed, and begins no more', async () => {
      const feeds = new Feeds()
      await provide(feeds)
      const consuming = await consume()
      const client = consuming.client(Feeds)
      const iterator = client.held()[Symbol.asyncIterator]()
      await iterator.next()
      const waiting = rejection(iterator.next())
      const late = client.count(1)
      await consuming[Symbol.asyncDispose]()
      expect(await waiting).to.include({ code: 'canceled', outcome: 'unknown' })
      expect((await waiting).message).to.contain('this consumer was disposed')
      await eventually(() => expect(feeds.events.at(-1)).to.equal('held aborted'))
      expect((await failing(late)).error).to.include({ code: 'canceled' })
    })

    it('leaves nothing on a signal that many streams share', async () => {
      await provide(new Feeds())
      const { client } = await consume()
      const { signal } = new AbortController()
      const feeds = client(Feeds, { signal })
      for (let n = 0; n < 20; n++) {
        await all(feeds.count(2))
        await failing(feeds.failing(1))
        for await (const item of feeds.blocks(1)) if (item === 'x') break
      }
      expect(listenersOn(signal)).to.equal(0)
    })
  })
}
