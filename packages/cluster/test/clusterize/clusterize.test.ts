import { clusterize, failfast, type Health, type Key, ketama, rendezvous, roundRobin } from '@kumquat/cluster'
import { Cell, RpcError, type Status } from '@kumquat/core'
import { expect } from 'chai'
import HashRing from 'hashring'
import { Shelf, ShelfError, shelves } from './shelves.ts'

const names = ['10.0.0.1:1', '10.0.0.2:1', '10.0.0.3:1'] as const
const keys = Array.from({ length: 200 }, (_, n) => `key ${n}`)

const failureOf = async (promise: Promise<unknown>): Promise<RpcError> => {
  const error: unknown = await promise.catch((thrown: unknown) => thrown)
  if (RpcError.is(error)) return error
  throw new Error('expected an RpcError', { cause: error })
}

/** The names of the shelves on which a key lies. */
const shelvesWith = (all: ReadonlyMap<string, Shelf>, key: string): readonly string[] =>
  [...all.values()].filter(({ kept }) => kept.has(key)).map(({ name }) => name)

describe('clusterize: methods that go by hash', () => {
  it('go to the one client where npm hashring, and with it libketama, looks for the key', async () => {
    const all = shelves(...names)
    const shelf = clusterize(all, { hash: ['get', 'put'] })
    const ring = new HashRing([...names])
    for (const [n, key] of keys.entries()) await shelf.put(key, n)
    for (const [n, key] of keys.entries()) {
      expect(shelvesWith(all, key)).to.deep.equal([ring.get(key)])
      expect(await shelf.get(key)).to.equal(n)
    }
    for (const { kept } of all.values()) expect(kept.size).to.be.greaterThan(30)
  })

  it('go by weight', async () => {
    const all = shelves(...names)
    const weights = { [names[0]]: 300 }
    const shelf = clusterize(all, { hash: ['put'], weights })
    const ring = new HashRing(Object.fromEntries(names.map((name, n) => [name, { weight: n === 0 ? 300 : 100 }])))
    for (const [n, key] of keys.entries()) await shelf.put(key, n)
    for (const key of keys) expect(shelvesWith(all, key)).to.deep.equal([ring.get(key)])
  })

  it('take any argument for the key, several, or what a function says', async () => {
    const all = shelves(...names)
    const plain = clusterize(all, { hash: { get: 0, move: 1 } })
    for (const [n, key] of keys.entries()) await plain.move(`job ${n}`, key, n)
    for (const [n, key] of keys.entries()) expect(await plain.get(key)).to.equal(n)
    const both = clusterize(all, { hash: { move: [0, 1] } })
    const seen = new Set<string>()
    for (let n = 0; n < 20; n++) seen.add(await both.move(`job ${n}`, 'one key', n))
    expect(seen.size).to.equal(3)
    const constant: Key = () => 'one for all'
    const one = clusterize(all, { hash: { move: constant } })
    const named = new Set<string>()
    for (let n = 0; n < 20; n++) named.add(await one.move(`job ${n}`, `key ${n}`, n))
    expect(named.size).to.equal(1)
  })

  it('take another ring', async () => {
    const all = shelves(...names)
    const shelf = clusterize(all, { hash: ['put', 'get'], ring: rendezvous })
    for (const [n, key] of keys.entries()) await shelf.put(key, n)
    expect(keys.every((key) => shelvesWith(all, key).length === 1)).to.equal(true)
    const ring = new HashRing([...names])
    expect(keys.some((key) => shelvesWith(all, key)[0] !== ring.get(key))).to.equal(true)
  })

  it('walk on from a busy client only over a ring that bounds the load', async () => {
    const asked = async (bound: boolean): Promise<number> => {
      const all = shelves(...names)
      const shelf = clusterize(all, { hash: ['get'], ring: ({ key }) => ketama({ key, bound }) })
      await Promise.all(Array.from({ length: 12 }, () => shelf.get('one key')))
      return [...all.values()].filter((one) => one.asked.length > 0).length
    }
    expect(await asked(false)).to.equal(1)
    expect(await asked(true)).to.equal(3)
  })

  it('fail at once and clearly when the client of the key is closed, and reach the others', async () => {
    const all = shelves(...names)
    const status = ({ online }: Shelf): Status => (online ? 'open' : 'closed')
    const shelf = clusterize(all, { hash: ['put', 'get'], idempotent: ['get'], status })
    for (const [n, key] of keys.entries()) await shelf.put(key, n)
    const lost = all.get(names[1])!
    lost.online = false
    lost.asked.length = 0
    for (const [n, key] of keys.entries()) {
      if (lost.kept.has(key)) {
        const error = await failureOf(shelf.get(key))
        expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
        expect(error.message).to.equal(
          'get was not sent: the client "10.0.0.2:1" is closed; see that its server runs and can be reached',
        )
      } else expect(await shelf.get(key)).to.equal(n)
    }
    expect(lost.asked).to.deep.equal([])
  })

  it('are never tried elsewhere, even where that would do no harm', async () => {
    const all = shelves(...names)
    const shelf = clusterize(all, { hash: ['get'], idempotent: ['get'] })
    for (const one of all.values()) one.broken = true
    expect(await shelf.get('key 1').catch((error: unknown) => error)).to.be.instanceOf(ShelfError)
    expect([...all.values()].flatMap(({ asked }) => asked)).to.have.length(1)
  })
})

describe('clusterize: methods that fan out', () => {
  const filled = () => {
    const all = shelves('a', 'b', 'c')
    for (const [n, name] of ['a', 'b', 'c'].entries()) {
      for (let i = 0; i <= n; i++) all.get(name)!.kept.set(`${i}`, i)
    }
    return all
  }

  it('merge by name', async () => {
    const all = filled()
    const merged = async (merger: 'all' | 'byClient' | 'first' | 'sum' | 'min' | 'max') =>
      clusterize(all, { fanOut: { size: merger } }).size()
    expect(await merged('all')).to.deep.equal([1, 2, 3])
    const expected = new Map([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ])
    expect(await merged('byClient')).to.deep.equal(expected)
    expect(await merged('first')).to.equal(1)
    expect(await merged('sum')).to.equal(6)
    expect(await merged('min')).to.equal(1)
    expect(await merged('max')).to.equal(3)
    const lists = clusterize(all, { fanOut: { keys: 'concat' } })
    expect(await lists.keys()).to.deep.equal(['0', '0', '1', '0', '1', '2'])
    expect(await lists.keys('2')).to.deep.equal(['2'])
    expect(await clusterize(all, { fanOut: { keys: 'union' } }).keys()).to.deep.equal(['0', '1', '2'])
  })

  it('say whether every client says so, or some', async () => {
    const all = filled()
    const empty = (merger: 'every' | 'some') => clusterize(all, { fanOut: { isEmpty: merger } }).isEmpty()
    expect([await empty('every'), await empty('some')]).to.deep.equal([false, false])
    all.get('b')!.kept.clear()
    expect([await empty('every'), await empty('some')]).to.deep.equal([false, true])
    for (const { kept } of all.values()) kept.clear()
    expect([await empty('every'), await empty('some')]).to.deep.equal([true, true])
  })

  it('merge by a function, which knows who said what, and may take its time', async () => {
    const shelf = clusterize(filled(), {
      fanOut: {
        size: async (sizes, clients) => sizes.map((size, index) => `${clients[index]}: ${size}`).join(', '),
      },
    })
    expect(await shelf.size()).to.equal('a: 1, b: 2, c: 3')
  })

  it('fail when one client does, naming each that did and why', async () => {
    const all = filled()
    all.get('a')!.broken = true
    all.get('c')!.broken = true
    const error = await failureOf(clusterize(all, { fanOut: { size: 'sum' } }).size())
    expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
    expect(error.message).to.equal('size failed at 2 of 3 clients (a: a is broken; c: c is broken)')
    expect((error.cause as AggregateError).errors.map(String)).to.deep.equal([
      'Error: a is broken',
      'Error: c is broken',
    ])
  })

  it('have not run when nobody was asked', async () => {
    const status = (): Status => 'closed'
    const error = await failureOf(clusterize(filled(), { fanOut: { size: 'sum' }, status }).size())
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('size failed at 3 of 3 clients (a: size was not sent: the client "a" is closed')
  })

  it('may have run when one was asked and the others were not', async () => {
    const all = filled()
    all.get('a')!.broken = true
    const status = ({ broken }: Shelf): Status => (broken ? 'open' : 'closed')
    expect(await failureOf(clusterize(all, { fanOut: { size: 'sum' }, status }).size())).to.include({
      outcome: 'unknown',
    })
  })

  it('make do with what is there if told so, but not with nothing', async () => {
    const all = filled()
    const shelf = clusterize(all, { fanOut: { size: 'byClient', keys: 'concat' }, partial: ['size'] })
    all.get('a')!.broken = true
    const rest = new Map([
      ['b', 2],
      ['c', 3],
    ])
    expect(await shelf.size()).to.deep.equal(rest)
    expect(await failureOf(shelf.keys())).to.include({ code: 'unavailable' })
    for (const one of all.values()) one.broken = true
    expect((await failureOf(shelf.size())).message).to.contain('size failed at 3 of 3 clients')
  })
})

describe('clusterize: all other methods', () => {
  it('go to any client, by the balancer', async () => {
    const shelf = clusterize(shelves('a', 'b', 'c'), { balance: roundRobin({ rng: () => 0 }) })
    const answers: string[] = []
    for (let i = 0; i < 6; i++) answers.push(await shelf.ping())
    expect(answers).to.deep.equal(['a', 'b', 'c', 'a', 'b', 'c'])
  })

  it('are tried elsewhere after a failure only if that does no harm', async () => {
    const all = shelves('a', 'b', 'c')
    for (const name of ['a', 'b']) all.get(name)!.broken = true
    const balance = roundRobin({ rng: () => 0 })
    const safe = clusterize(all, { idempotent: ['ping'], balance })
    expect(await safe.ping()).to.equal('c')
    const unsafe = clusterize(all, { balance })
    expect(await unsafe.ping().catch((error: unknown) => error)).to.be.instanceOf(ShelfError)
  })

  it('are not tried elsewhere when the call is at fault', async () => {
    const all = shelves('a', 'b')
    for (const one of all.values()) one.broken = true
    const failed = (error: unknown): boolean => !(error instanceof ShelfError)
    const shelf = clusterize(all, { idempotent: ['ping'], failed })
    expect(await shelf.ping().catch((error: unknown) => error)).to.be.instanceOf(ShelfError)
    expect([...all.values()].flatMap(({ asked }) => asked)).to.have.length(1)
  })

  it('throw what the client threw, also when the budget for more is spent', async () => {
    const all = shelves('a', 'b')
    for (const one of all.values()) one.broken = true
    const shelf = clusterize(all, { idempotent: ['ping'] })
    for (let i = 0; i < 130; i++) {
      const error: unknown = await shelf.ping().catch((thrown: unknown) => thrown)
      expect(error).to.be.instanceOf(ShelfError)
    }
  })

  it('pass over closed clients, and are refused when all are', async () => {
    const all = shelves('a', 'b', 'c')
    const status = ({ online }: Shelf): Status => (online ? 'open' : 'closed')
    const shelf = clusterize(all, { status, strategy: failfast() })
    all.get('a')!.online = false
    for (let i = 0; i < 20; i++) expect(await shelf.ping()).to.be.oneOf(['b', 'c'])
    for (const one of all.values()) one.online = false
    expect((await failureOf(shelf.ping())).message).to.contain('ping was not sent: the client "')
  })

  it('give health a say', async () => {
    const seen: string[] = []
    let isDisposed = false
    const health = (): Health => ({
      connect: (next) => (record) => {
        const endpoint = next(record)
        const invoke: typeof endpoint.invoke = async (invocation) => {
          try {
            return await endpoint.invoke(invocation)
          } catch (error) {
            seen.push(`${record.id} ${RpcError.is(error) ? `${error.code}, ${error.outcome}` : 'own'}`)
            throw error
          }
        }
        const status = record.id === 'a' ? 'closed' : 'open'
        return { invoke, status, [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() }
      },
      verdicts: new Cell([]),
      [Symbol.dispose]() {
        isDisposed = true
      },
    })
    const all = shelves('a', 'b')
    const shelf = clusterize(all, { health, hash: ['get'] })
    for (let i = 0; i < 10; i++) expect(await shelf.ping()).to.equal('b')
    all.get('b')!.broken = true
    expect(await shelf.ping().catch((error: unknown) => error)).to.be.instanceOf(ShelfError)
    expect(seen).to.deep.equal(['b unknown, unknown'])
    expect(isDisposed).to.equal(false)
    await shelf[Symbol.asyncDispose]()
    expect(isDisposed).to.equal(true)
  })

  it('may throw errors of the framework, which stay what they are', async () => {
    const mine = new RpcError('not_found', 'no such thing', { outcome: 'ran' })
    const shelf = clusterize({ a: { find: () => Promise.reject(mine) } })
    expect(await shelf.find().catch((error: unknown) => error)).to.equal(mine)
  })
})

describe('what clusterize makes', () => {
  it('has each single client, by name and in a row', () => {
    const all = shelves('a', 'b')
    const shelf = clusterize(Object.fromEntries(all))
    expect(shelf.clients.get('b')).to.equal(all.get('b'))
    expect([...shelf.clients.keys()]).to.deep.equal(['a', 'b'])
    expect([...shelf]).to.deep.equal([...all.values()])
  })

  it('has the methods of its clients, each always the same function, and nothing else', () => {
    const shelf = clusterize(shelves('a', 'b'))
    expect(shelf.ping).to.be.a('function').and.to.equal(shelf.ping)
    expect('ping' in shelf).to.equal(true)
    for (const absent of ['name', 'nothing', 'then']) {
      expect(Reflect.get(shelf, absent)).to.equal(undefined)
      expect(absent in shelf).to.equal(false)
    }
    expect(() => Object.assign(shelf, { ping: 1 })).to.throw(TypeError)
  })

  it('can be awaited, printed, and turned into JSON without a call', async () => {
    // biome-ignore lint/suspicious/noThenProperty: the point
    const all = new Map([['a', Object.assign(new Shelf('a'), { then: () => {} })]])
    const shelf = clusterize(all)
    expect(await shelf).to.equal(shelf)
    expect(String(shelf)).to.equal('[object Object]')
    expect(all.get('a')!.asked).to.deep.equal([])
  })

  it('calls methods detached from it, too', async () => {
    const { ping } = clusterize(shelves('a'))
    expect(await ping()).to.equal('a')
  })

  it('follows clients that come and go, moving only the keys it must', async () => {
    const all = shelves(...names, '10.0.0.4:1')
    const source = new Cell<ReadonlyMap<string, Shelf>>(new Map([...all].slice(0, 3)))
    const shelf = clusterize(source, { hash: ['put', 'get'], fanOut: { size: 'sum' } })
    for (const [n, key] of keys.entries()) await shelf.put(key, n)
    source.set(all)
    expect([...shelf.clients.keys()]).to.deep.equal([...names, '10.0.0.4:1'])
    const ring = new HashRing([...all.keys()])
    for (const key of keys) {
      const isMoved = ring.get(key) === '10.0.0.4:1'
      expect((await shelf.get(key)) === undefined).to.equal(isMoved)
    }
    source.set(new Map())
    const error = await failureOf(shelf.size())
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal('size was not sent: there are no clients')
  })

  it('calls the client that stands in for one of the same name', async () => {
    const [old, young] = [new Shelf('old'), new Shelf('young')]
    const source = new Cell<Readonly<Record<string, Shelf>>>({ a: old })
    const shelf = clusterize(source)
    expect(await shelf.ping()).to.equal('old')
    source.set({ a: young })
    expect(await shelf.ping()).to.equal('young')
  })

  it('begins without a client, and has any method then', async () => {
    const source = new Cell<ReadonlyMap<string, Shelf>>(new Map())
    const shelf = clusterize(source, { name: 'shelves' })
    expect((await failureOf(shelf.ping())).message).to.equal('ping was not sent: there are no shelves')
    source.set(shelves('a'))
    expect(await shelf.ping()).to.equal('a')
  })

  it('says of a client that lacks a method which one it is', async () => {
    const lacking = { ping: undefined } as unknown as Shelf
    const shelf = clusterize(new Map([...shelves('a'), ['b', lacking]]), { fanOut: { ping: 'all' } })
    expect((await failureOf(shelf.ping())).message).to.equal(
      'ping failed at 1 of 2 clients (b: it has no method "ping")',
    )
  })

  it('lets go of its source when it is disposed, and closes no client', async () => {
    const source = new Cell<ReadonlyMap<string, Shelf>>(shelves('a'))
    const shelf = clusterize(source)
    await shelf[Symbol.asyncDispose]()
    source.set(shelves('b'))
    expect([...shelf.clients.keys()]).to.deep.equal(['a'])
    expect(await failureOf(shelf.ping())).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('is refused with options that cannot be meant', () => {
    const making = (options: object) => () => clusterize(shelves('a'), options)
    expect(making({ hash: ['gett'] })).to.throw(TypeError, 'hash names "gett", which is no method of the clients')
    expect(making({ hash: { gett: 0 } })).to.throw(TypeError, 'hash names "gett", which is no method of the clients')
    expect(making({ fanOut: { kesy: 'all' } })).to.throw(TypeError, 'fanOut names "kesy", which is no method')
    expect(making({ idempotent: ['pin'] })).to.throw(TypeError, 'idempotent names "pin", which is no method')
    expect(making({ partial: ['size'] })).to.throw(TypeError, 'partial names size, which does not fan out')
    expect(making({ fanOut: { size: 'sum' }, hash: ['size'] })).to.throw(
      TypeError,
      'size cannot go by hash and fan out, too: name it once',
    )
    for (const merger of ['add', 'toString', undefined, 7]) {
      expect(making({ fanOut: { size: merger } })).to.throw(
        TypeError,
        `fanOut.size is ${JSON.stringify(merger)}: name one of all, byClient, first, concat, union, sum, min, max, every, some, or give a function`,
      )
    }
    expect(making({ hash: { get: -1 } })).to.throw(RangeError, 'got -1')
  })
})

describe('the type of what clusterize makes', () => {
  const same = <A, B>(_: (A extends B ? (B extends A ? true : false) : false) & true): void => {}
  const all = shelves('a')

  it('has the methods of the clients, as promises, overloads and type parameters kept', () => {
    const shelf = clusterize(all, { hash: ['get'] })
    same<Parameters<typeof shelf.get>, [key: string]>(true)
    same<ReturnType<typeof shelf.get>, Promise<number | undefined>>(true)
    same<typeof shelf.size, () => Promise<number>>(true)
    same<typeof shelf.same, <T>(value: T) => Promise<T>>(true)
    same<typeof shelf.clients, ReadonlyMap<string, Shelf>>(true)
  })

  it('has the merged types of what fans out', () => {
    const shelf = clusterize(all, {
      fanOut: { size: 'sum', keys: 'concat', ping: 'byClient', isEmpty: 'all', get: (values) => values.length > 0 },
    })
    same<typeof shelf.size, () => Promise<number>>(true)
    same<typeof shelf.keys, (prefix?: string) => Promise<string[]>>(true)
    same<typeof shelf.ping, () => Promise<ReadonlyMap<string, string>>>(true)
    same<typeof shelf.isEmpty, () => Promise<readonly boolean[]>>(true)
    same<typeof shelf.get, (key: string) => Promise<boolean>>(true)
  })

  it('does not compile with what is no method, no merger for its result, or no key', () => {
    const shelf = clusterize(all, { fanOut: { keys: 'concat' } })
    const uses = [
      // @ts-expect-error no such method
      () => clusterize(all, { hash: ['gett'] }),
      // @ts-expect-error no such method
      () => clusterize(all, { fanOut: { kesy: 'all', keys: 'all' } }),
      // @ts-expect-error numbers cannot be concatenated
      () => clusterize(all, { fanOut: { size: 'concat' } }),
      // @ts-expect-error lists cannot be summed
      () => clusterize(all, { fanOut: { keys: 'sum' } }),
      // @ts-expect-error it does not fan out
      () => clusterize(all, { fanOut: { keys: 'concat' }, partial: ['size'] }),
      // @ts-expect-error an argument is named by its index
      () => clusterize(all, { hash: { get: 'key' } }),
      // @ts-expect-error a property
      () => shelf.name,
      // @ts-expect-error an argument too many
      () => shelf.ping(1),
      // @ts-expect-error the result is a promise
      (): number => shelf.size(),
    ]
    expect(uses).to.have.length(9)
  })
})
