import { inspect } from 'node:util'
import { EVERY_PEER, type Invocation, systemClock } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { type CallOptions, callOptions } from '@kumquat/rpc'
import { expect } from 'chai'
import { client } from '../../src/client/client.ts'
import type { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

const service = { app: 'movie', group: 'catalog' }

describe('a client', () => {
  const recorded = (options: CallOptions = {}, each = false) => {
    const invocations: Invocation[] = []
    const clock = handClock({ startMs: 1_000 })
    const target = { service, version: '', idempotent: new Set(['getMovieById']), timeouts: new Map([['rent', 700]]) }
    const invoke = async (invocation: Invocation) => {
      invocations.push(invocation)
      return { value: invocation.args }
    }
    const movies = client<Movies>({ target, invoke, options, each, timeoutMs: 3_000, clock })
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

  it('takes the options of one call as its last argument, over its own', async () => {
    const { movies, invocations } = recorded({ timeoutMs: 500, attachments: { user: 'ann' }, key: 'a' })
    const options = callOptions({ timeoutMs: 50, attachments: { trip: '1' }, peer: '10.0.0.1:80' })
    expect(await movies.rent(1, 2, options)).to.deep.equal([1, 2])
    expect(await movies.nothing(options)).to.deep.equal([])
    expect(await movies.rent(1, undefined, options)).to.deep.equal([1, undefined])
    await movies.rent(1)
    for (const invocation of invocations.slice(0, 3)) {
      expect(invocation).to.deep.include({ deadline: 1_050, attachments: { user: 'ann', trip: '1' } })
      expect(invocation).to.include({ key: 'a', peer: '10.0.0.1:80' })
    }
    expect(invocations[3]).to.deep.include({ args: [1], deadline: 1_500, attachments: { user: 'ann' }, key: 'a' })
    expect(invocations[3]).not.to.have.property('peer')
  })

  it('takes nothing else for options: neither what looks like them nor what is no object', async () => {
    const { movies, invocations } = recorded()
    for (const last of [{ timeoutMs: 1 }, null, undefined, 'x', [], movies]) await movies.echo(last)
    expect(invocations.map(({ args }) => args[0])).to.deep.equal([{ timeoutMs: 1 }, null, undefined, 'x', [], movies])
    for (const { deadline } of invocations) expect(deadline).to.equal(4_000)
  })

  it('gives a method its own time, unless something nearer says one', async () => {
    const { movies, invocations } = recorded()
    await movies.rent(1)
    await movies.with({ timeoutMs: 10 }).rent(1)
    await movies.rent(1, 2, callOptions({ timeoutMs: 20 }))
    expect(invocations.map(({ deadline }) => deadline)).to.deep.equal([1_700, 1_010, 1_020])
  })

  it('refuses attachments that are too many together', async () => {
    const most = (prefix: string, count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`${prefix}${n}`, '']))
    const { movies } = recorded({ attachments: most('a', 40) })
    await movies.with({ attachments: most('b', 24) }).nothing()
    expect(() => movies.with({ attachments: most('b', 25) })).to.throw(TypeError, 'at most 64')
    const error = await rejection(movies.nothing(callOptions({ attachments: most('b', 25) })))
    expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
    expect(error.message).to.match(/^movie\/catalog\/nothing was not called: attachments take .* at most 64/)
  })

  it('of each provider names none', () => {
    const { movies } = recorded({}, true)
    expect(() => movies.with({ peer: '10.0.0.1:80' })).to.throw(TypeError, 'each provider is called')
    expect(() => recorded({ peer: '10.0.0.1:80' }, true)).to.throw(TypeError, '"10.0.0.1:80" is one')
  })

  it('of each provider says so in its calls', async () => {
    const { movies, invocations } = recorded({}, true)
    await movies.nothing()
    await movies.with({ key: 'a' }).nothing()
    expect(invocations.map(({ peer }) => peer)).to.deep.equal([EVERY_PEER, EVERY_PEER])
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
    expect(inspect(movies)).to.equal('client of movie/catalog')
    expect(`${Object.keys(movies)}`).to.equal('with')
    expect(movies).to.equal(movies).and.to.deep.equal(movies)
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
