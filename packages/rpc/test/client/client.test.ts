import { inspect } from 'node:util'
import { type Invocation, systemClock } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import type { CallOptions, Client } from '@kumquat/rpc'
import { expect } from 'chai'
import { client } from '../../src/client/client.ts'
import type { Movies } from '../movies.ts'

const service = { app: 'movie', group: 'catalog' }

describe('a client', () => {
  const recorded = (options: CallOptions = {}) => {
    const invocations: Invocation[] = []
    const clock = handClock({ startMs: 1_000 })
    const target = { service, version: '', idempotent: new Set(['getMovieById']) }
    const invoke = async (invocation: Invocation) => {
      invocations.push(invocation)
      return { value: invocation.args }
    }
    const movies = client<Movies>({ target, invoke, options, timeoutMs: 3_000, clock })
    return { movies, invocations }
  }

  it('makes an invocation of a call, and its reply of the answer', async () => {
    const { movies, invocations } = recorded()
    expect(await movies.getMovieById(7)).to.deep.equal([7])
    expect(invocations).to.deep.equal([
      { service, method: 'getMovieById', args: [7], attachments: {}, idempotent: true, deadline: 4_000 },
    ])
    await movies.rent(1, 2)
    expect(invocations[1]).to.deep.include({ method: 'rent', args: [1, 2], idempotent: false })
  })

  it('gives calls the options it was made with, and those added nearest to the call', async () => {
    const { signal } = new AbortController()
    const { movies, invocations } = recorded({ timeoutMs: 500, attachments: { user: 'ann', lane: 'blue' } })
    await movies.nothing()
    await movies.with({ lane: 'gray', attachments: { trip: '1' }, signal }).nothing()
    await movies.with({ lane: 'gray' }).with({ timeoutMs: 50 }).nothing()
    await movies.nothing()
    expect(invocations[0]).to.deep.include({ deadline: 1_500, attachments: { user: 'ann', lane: 'blue' } })
    expect(invocations[1]).to.deep.include({ attachments: { user: 'ann', trip: '1', lane: 'gray' }, signal })
    expect(invocations[2]).to.deep.include({ deadline: 1_050, attachments: { user: 'ann', lane: 'gray' } })
    expect(invocations[3]).to.deep.equal({ ...invocations[0] })
  })

  it('gives a call the time of its method, unless the client or the call says another', async () => {
    const deadlines: unknown[] = []
    const target = { service, version: '', idempotent: new Set<string>(), timeouts: new Map([['rent', 200]]) }
    const invoke = async ({ deadline }: Invocation) => {
      deadlines.push(deadline)
      return { value: '' }
    }
    const movies = client<Movies>({ target, invoke, options: {}, timeoutMs: 3_000, clock: handClock({ startMs: 0 }) })
    await movies.rent(1)
    await movies.nothing()
    await movies.with({ timeoutMs: 50 }).rent(1)
    await movies.with({ lane: 'gray' }).rent(1)
    expect(deadlines).to.deep.equal([200, 3_000, 50, 200])
  })

  it('says in every call who makes it, and what it asks of a provider, by the very same object', async () => {
    const invocations: Invocation[] = []
    const target = { service, version: '', idempotent: new Set<string>() }
    const invoke = async (invocation: Invocation) => {
      invocations.push(invocation)
      return { value: undefined }
    }
    const constraints = { version: '^2', tags: { disk: 'ssd' } }
    const parts = { target, invoke, timeoutMs: 1, clock: handClock() }
    const movies = client<Movies>({ ...parts, options: { constraints }, caller: 'web' })
    await movies.nothing()
    await movies.nothing()
    await movies.with({ constraints: { version: '^3' } }).nothing()
    expect(invocations[0]).to.include({ caller: 'web', constraints })
    expect(invocations[1]!.constraints).to.equal(constraints)
    expect(invocations[2]).to.deep.include({ caller: 'web', constraints: { version: '^3' } })
    await client<Movies>({ ...parts, options: {}, caller: '' }).nothing()
    expect(invocations[3]).to.have.all.keys('service', 'method', 'args', 'attachments', 'idempotent', 'deadline')
  })

  it('refuses bad options where they are given', () => {
    const { movies } = recorded()
    expect(() => movies.with({ timeoutMs: 0 })).to.throw(RangeError, 'timeoutMs')
    expect(() => movies.with({ attachments: { 'a b': '' } })).to.throw(TypeError, '"a b"')
  })

  it('can be awaited, printed, compared and turned into JSON without a call', async () => {
    const { movies, invocations } = recorded()
    expect(await movies).to.equal(movies)
    expect(String(movies)).to.equal('[object Object]')
    expect(JSON.stringify(movies)).to.equal('{}')
    expect(inspect(movies)).to.be.a('string')
    expect(movies).not.to.deep.equal({})
    expect(invocations).to.deep.equal([])
  })

  it('has the same function for the same method', () => {
    const { movies } = recorded()
    expect(movies.rent).to.equal(movies.rent)
  })

  it('cannot be written to', () => {
    const { movies } = recorded()
    expect(() => Object.assign(movies, { rent: () => 1 })).to.throw(TypeError)
  })

  it('has nothing under what cannot be the name of a method', () => {
    const { movies } = recorded()
    expect(movies).not.to.have.property('get movie')
    expect(Reflect.get(movies, 'a/b')).to.equal(undefined)
    expect(Reflect.get(movies, Symbol.iterator)).to.equal(undefined)
  })

  it('rejects when the invoker does', async () => {
    const target = { service, version: '', idempotent: new Set<string>() }
    const invoke = () => Promise.reject(new Error('broken'))
    const movies = client<Movies>({ target, invoke, options: {}, timeoutMs: 1, clock: systemClock })
    expect(await movies.rent(1).catch((error: Error) => error.message)).to.equal('broken')
  })
})

describe('the type of a client', () => {
  interface Shop {
    name: string
    price(id: number): number
    find(text: string, limit?: number): Promise<readonly string[]>
    then(): void
    with(): void
  }
  const same = <A, B>(_: (A extends B ? (B extends A ? true : false) : false) & true): void => {}

  it('is the methods of an interface, as promises, and with()', () => {
    same<keyof Client<Shop>, 'price' | 'find' | 'with'>(true)
    same<Client<Shop>['price'], (id: number) => Promise<number>>(true)
    same<Client<Shop>['find'], (text: string, limit?: number) => Promise<readonly string[]>>(true)
    same<ReturnType<Client<Shop>['with']>, Client<Shop>>(true)
  })

  it('does not compile with wrong names, arguments or results', () => {
    const shop = {} as Client<Shop>
    const uses = [
      // @ts-expect-error no such method
      () => shop.prize(1),
      // @ts-expect-error not a method
      () => shop.name,
      // @ts-expect-error a number is asked for
      () => shop.price('1'),
      // @ts-expect-error one argument too few
      () => shop.price(),
      // @ts-expect-error one argument too many
      () => shop.price(1, 2),
      // @ts-expect-error the result is a promise
      (): number => shop.price(1),
      // @ts-expect-error no such option
      () => shop.with({ retries: 3 }),
      // @ts-expect-error it is not a promise
      () => shop.then(() => {}),
    ]
    expect(uses).to.have.length(8)
  })
})
