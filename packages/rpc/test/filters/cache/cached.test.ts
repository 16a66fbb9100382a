import { type Invocation, type Reply, RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { type CachedOptions, cached, type Invalidation } from '@kumquat/rpc'
import { expect } from 'chai'
import { listenersOn } from '../../listeners.ts'
import { rejection } from '../../rejection.ts'
import { calling } from '../../serving.ts'

const SERVICE = { app: 'movie', group: 'catalog' }

describe('cached()', () => {
  /** A service whose answers come when we say so. */
  const asking = (options: Partial<CachedOptions> = {}) => {
    const clock = handClock()
    const cache = cached({ when: { method: 'get*' }, ttlMs: 100, clock, ...options })
    const asked: Invocation[] = []
    const pending: { readonly answer: (value: unknown) => void; readonly fail: (error: unknown) => void }[] = []
    const ask = cache((call) => {
      asked.push(call)
      return new Promise<Reply>((resolve, reject) => {
        pending.push({ answer: (value) => resolve({ value }), fail: reject })
      })
    })
    const answer = async (value: unknown): Promise<void> => {
      pending.shift()!.answer(value)
      await clock.advance(0)
    }
    const fail = async (error: unknown): Promise<void> => {
      pending.shift()!.fail(error)
      await clock.advance(0)
    }
    return { clock, cache, asked, ask, answer, fail }
  }
  const { deadline: _, ...timeless } = calling('getMovie')
  const get = (id: number, more: Partial<Invocation> = {}): Invocation => ({
    ...{ ...timeless, args: [id], idempotent: true },
    ...more,
  })

  it('asks once while an answer is good', async () => {
    const { clock, asked, ask, answer, cache } = asking()
    const first = ask(get(1))
    await answer('one')
    expect(await first).to.deep.equal({ value: 'one' })
    await clock.advance(99)
    expect(await ask(get(1))).to.deep.equal({ value: 'one' })
    expect(asked).to.have.length(1)
    expect(cache.size).to.equal(1)
    await clock.advance(1)
    void ask(get(1))
    expect(asked).to.have.length(2)
  })

  it('tells calls apart by method, arguments, lane and constraints', async () => {
    const { asked, ask } = asking()
    const calls = [
      get(1),
      get(2),
      get(1, { method: 'getTitle' }),
      get(1, { attachments: { lane: 'gray' } }),
      get(1, { constraints: { version: '^2' } }),
      get(1, { service: { app: 'movie', group: 'other' } }),
    ]
    for (const call of [...calls, ...calls]) void ask(call)
    expect(asked).to.have.length(calls.length)
  })

  it('tells apart what the key says', async () => {
    const { asked, ask } = asking({ key: ({ attachments: { user = '' } }) => user })
    for (const user of ['ann', 'bob', 'ann']) void ask(get(1, { attachments: { user } }))
    expect(asked).to.have.length(2)
  })

  it('lets calls pass that it is not about, or that are not idempotent, for one peer, or of great arguments', async () => {
    const { asked, ask, cache } = asking()
    const passing = [get(1, { method: 'rent' }), get(1, { idempotent: false }), get(1, { args: ['x'.repeat(20_000)] })]
    for (const call of [...passing, ...passing]) void ask(call)
    expect(asked).to.deep.equal([...passing, ...passing])
    expect(cache.size).to.equal(0)
  })

  it('asks once for what several ask for at once', async () => {
    const { asked, ask, answer } = asking()
    const all = Promise.all([ask(get(1)), ask(get(1)), ask(get(1))])
    await answer({ id: 1 })
    expect((await all).map(({ value }) => value)).to.deep.equal([{ id: 1 }, { id: 1 }, { id: 1 }])
    expect(asked).to.have.length(1)
  })

  it('never keeps a failure, and tells all who wait of it', async () => {
    const { asked, ask, fail, cache } = asking()
    const all = [rejection(ask(get(1))), rejection(ask(get(1)))]
    await fail(new RpcError('not_found', 'no such movie'))
    for (const error of await Promise.all(all)) expect(error.code).to.equal('not_found')
    void ask(get(1))
    expect(asked).to.have.length(2)
    expect(cache.size).to.equal(0)
  })

  it('lets one who leaves go, and the others wait on', async () => {
    const { asked, ask, answer } = asking()
    const gone = new AbortController()
    const leaving = rejection(ask(get(1, { signal: gone.signal })))
    const staying = ask(get(1))
    gone.abort()
    expect(await leaving).to.include({ code: 'canceled', outcome: 'unknown' })
    expect(asked[0]!.signal?.aborted).to.equal(false)
    await answer('one')
    expect(await staying).to.deep.equal({ value: 'one' })
    expect(listenersOn(gone.signal)).to.equal(0)
  })

  it('ends the call when all have left, and asks anew for who comes then', async () => {
    const { asked, ask, answer } = asking()
    const [one, other] = [new AbortController(), new AbortController()]
    const leaving = [rejection(ask(get(1, { signal: one.signal }))), rejection(ask(get(1, { signal: other.signal })))]
    one.abort()
    other.abort()
    await Promise.all(leaving)
    expect(asked[0]!.signal?.aborted).to.equal(true)
    const late = ask(get(1))
    await answer('too late')
    await answer('in time')
    expect(await late).to.deep.equal({ value: 'in time' })
  })

  it('lets each wait until its own deadline', async () => {
    const { clock, asked, ask, answer, cache } = asking()
    const long = ask(get(1, { deadline: 90 }))
    const short = rejection(ask(get(1, { deadline: 50 })))
    await clock.advance(50)
    expect(await short).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
    await answer('one')
    expect(await long).to.deep.equal({ value: 'one' })
    expect(asked).to.have.length(1)
    expect(cache.size).to.equal(1)
    expect(clock.pending).to.equal(0)
  })

  it('asks again for who has time left when the time of the first was over', async () => {
    const { clock, asked, ask, answer, fail } = asking()
    const short = rejection(ask(get(1, { deadline: 50 })))
    const long = ask(get(1, { deadline: 90 }))
    await clock.advance(49)
    await fail(new RpcError('deadline_exceeded', 'late'))
    await short
    expect(asked.map(({ deadline }) => deadline)).to.deep.equal([50, 90])
    await answer('one')
    expect(await long).to.deep.equal({ value: 'one' })
  })

  it('does not ask for a call whose time is over, or whose caller has left', async () => {
    const { clock, asked, ask } = asking()
    await clock.advance(10)
    expect(await rejection(ask(get(1, { deadline: 10 })))).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
    expect((await rejection(ask(get(1, { signal: AbortSignal.abort() })))).code).to.equal('canceled')
    expect(asked).to.have.length(0)
  })

  it('gives a stale answer while it fetches a new one, once', async () => {
    const { clock, asked, ask, answer, fail } = asking({ staleMs: 50 })
    void ask(get(1))
    await answer('old')
    await clock.advance(120)
    for (let call = 0; call < 3; call++) expect(await ask(get(1))).to.deep.equal({ value: 'old' })
    expect(asked).to.have.length(2)
    await fail(new RpcError('unavailable', 'down'))
    expect(await ask(get(1))).to.deep.equal({ value: 'old' })
    await answer('new')
    expect(await ask(get(1))).to.deep.equal({ value: 'new' })
    await clock.advance(150)
    void ask(get(1))
    expect(asked).to.have.length(4)
  })

  it('keeps at most so many answers, those used last', async () => {
    const { asked, ask, answer, cache } = asking({ max: 2 })
    for (const id of [1, 2]) {
      void ask(get(id))
      await answer(id)
    }
    await ask(get(1))
    void ask(get(3))
    await answer(3)
    expect(cache.size).to.equal(2)
    await ask(get(1))
    void ask(get(2))
    expect(asked.map(({ args: [id] }) => id)).to.deep.equal([1, 2, 3, 2])
  })

  it('forgets a call, a method, a service, or all', async () => {
    const { ask, answer, cache } = asking()
    const fill = async (): Promise<void> => {
      for (const call of [get(1), get(2), get(1, { method: 'getTitle' })]) {
        void ask(call)
        await answer('x').catch(() => {})
      }
      expect(cache.size).to.equal(3)
    }
    const steps: [() => void, number][] = [
      [() => cache.invalidate(SERVICE, 'getMovie', [1]), 2],
      [() => cache.invalidate(SERVICE, 'getMovie'), 1],
      [() => cache.invalidate({ app: 'movie', group: 'other' }), 1],
      [() => cache.invalidate(SERVICE), 0],
    ]
    await fill()
    for (const [step, left] of steps) {
      step()
      expect(cache.size).to.equal(left)
    }
    await fill()
    cache.clear()
    expect(cache.size).to.equal(0)
  })

  it('does not keep an answer that was under way when it became untrue', async () => {
    const { asked, ask, answer, cache } = asking()
    const before = ask(get(1))
    cache.invalidate(SERVICE, 'getMovie', [1])
    const after = ask(get(1))
    expect(asked).to.have.length(2)
    await answer('old')
    await answer('new')
    expect([(await before).value, (await after).value, (await ask(get(1))).value]).to.deep.equal(['old', 'new', 'new'])
  })

  it('listens to what is no longer true until it is disposed', async () => {
    const listeners = new Set<(one: Invalidation) => void>()
    const invalidations = {
      subscribe(listener: (one: Invalidation) => void) {
        listeners.add(listener)
        return { [Symbol.dispose]: () => void listeners.delete(listener) }
      },
    }
    const { ask, answer, cache } = asking({ invalidations })
    void ask(get(1))
    await answer('x')
    for (const tell of listeners) tell({ service: SERVICE, method: 'getMovie', args: [1] })
    expect(cache.size).to.equal(0)
    cache[Symbol.dispose]()
    expect(listeners.size).to.equal(0)
  })

  it('gives answers that nobody can change for another', async () => {
    const { ask, answer } = asking()
    const first = ask(get(1))
    await answer({ deep: [{ id: 1 }] })
    const { value } = (await first) as { readonly value: { deep: { id: number }[] } }
    expect(() => value.deep.push({ id: 2 })).to.throw(TypeError)
    expect(() => Object.assign(value.deep[0]!, { id: 2 })).to.throw(TypeError)
  })

  it('keeps apart the answers of what it is put around twice', async () => {
    const cache = cached({ when: {}, ttlMs: 100, clock: handClock() })
    const ask = (value: string) => cache(async () => ({ value }))(get(1))
    expect([(await ask('V1')).value, (await ask('V2')).value]).to.deep.equal(['V1', 'V2'])
  })

  it('refuses options that make no sense, naming them', () => {
    const wrong: [Partial<CachedOptions>, RegExp][] = [
      [{ ttlMs: 0 }, /ttlMs .* got 0/],
      [{ staleMs: -1 }, /staleMs .* got -1/],
      [{ max: 0 }, /max .* got 0/],
      [{ when: { colour: 'red' } }, /asks for "colour"/],
    ]
    for (const [options, message] of wrong) expect(() => asking(options)).to.throw(message)
  })
})
