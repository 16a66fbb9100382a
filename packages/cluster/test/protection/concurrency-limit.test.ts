import { getEventListeners } from 'node:events'
import { type ConcurrencyLimitOptions, concurrencyLimit } from '@kumquat/cluster'
import { type Endpoint, type Invocation, type Reply, RpcError } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, record, wire } from '../parts.ts'

interface Sent {
  readonly invocation: Invocation
  end(error?: Error): Promise<void>
}

function setup(options: ConcurrencyLimitOptions = {}) {
  const clock = handClock()
  const line = wire()
  const sent: Sent[] = []
  line.answer = (id, invocation) =>
    new Promise<Reply>((resolve, reject) => {
      sent.push({
        invocation,
        end: (error) => {
          if (error === undefined) resolve({ value: id })
          else reject(error)
          return settled()
        },
      })
    })
  const health = concurrencyLimit({ max: 2, queue: 2, clock, ...options })()
  const endpoint: Endpoint = health.connect(line.connect)(record(1))
  const results: string[] = []
  /** Makes a call named so, whose end is noted. */
  const make = (name: string, known: Partial<Invocation> = {}): Promise<void> => {
    void endpoint.invoke(call({ args: [name], ...known })).then(
      () => results.push(`${name} ok`),
      (error: RpcError) => results.push(`${name} ${error.code ?? error.message} ${error.outcome}`),
    )
    return settled()
  }
  const names = (): readonly unknown[] => sent.map(({ invocation }) => invocation.args[0])
  return { clock, line, sent, endpoint, results, make, names, health }
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const said = (promise: Promise<unknown>): Promise<string> => promise.then(String, (error: Error) => error.message)

describe('concurrencyLimit', () => {
  it('sends so many at a time, and the others in their order as places become free', async () => {
    const { make, names, sent, results } = setup()
    for (const name of ['a', 'b', 'c', 'd']) await make(name)
    expect(names()).to.deep.equal(['a', 'b'])
    await sent[1]!.end()
    expect(names()).to.deep.equal(['a', 'b', 'c'])
    await sent[0]!.end(new Error('failed'))
    expect(names()).to.deep.equal(['a', 'b', 'c', 'd'])
    await sent[3]!.end()
    await sent[2]!.end()
    expect(results).to.deep.equal(['b ok', 'a failed undefined', 'd ok', 'c ok'])
  })

  it('lets nobody pass those who wait', async () => {
    const { make, names, sent } = setup()
    for (const name of ['a', 'b', 'c']) await make(name)
    const ending = sent[0]!.end()
    void make('late')
    await ending
    expect(names()).to.deep.equal(['a', 'b', 'c'])
  })

  it('refuses what finds a full queue, saying so', async () => {
    const { make, endpoint, results, sent, names } = setup()
    for (const name of ['a', 'b', 'c', 'd', 'e']) await make(name)
    expect(results).to.deep.equal(['e resource_exhausted not-run'])
    expect(await said(endpoint.invoke(call()))).to.equal(
      `movie/catalog/getMovieById at ${record(1).id} was not sent: 2 calls are under way and 2 wait; ask another peer, call less, or raise the limits`,
    )
    await sent[0]!.end()
    await make('f')
    expect([names(), results]).to.deep.equal([
      ['a', 'b', 'c'],
      ['e resource_exhausted not-run', 'a ok'],
    ])
  })

  it('bounds again after all were done', async () => {
    const { make, names, sent, results } = setup({ queue: 0 })
    for (let round = 0; round < 3; round++) {
      for (const name of ['a', 'b', 'c']) await make(`${name}${round}`)
      for (const one of sent.slice(-2)) await one.end()
    }
    expect(names()).to.deep.equal(['a0', 'b0', 'a1', 'b1', 'a2', 'b2'])
    expect(results.filter((one) => one.endsWith('not-run'))).to.have.length(3)
  })

  it('needs no queue', async () => {
    const { make, results } = setup({ max: 1, queue: 0 })
    await make('a')
    await make('b')
    expect(results).to.deep.equal(['b resource_exhausted not-run'])
  })

  it('lets a call wait no longer than its deadline', async () => {
    const { make, clock, results, sent, names, endpoint } = setup()
    for (const name of ['a', 'b']) await make(name)
    await make('c', { deadline: 100 })
    const waiting = said(endpoint.invoke(call({ deadline: 100 })))
    await clock.advance(99)
    expect([results, clock.pending]).to.deep.equal([[], 2])
    await clock.advance(1)
    expect([results, clock.pending]).to.deep.equal([['c deadline_exceeded not-run'], 0])
    expect(await waiting).to.equal(
      `movie/catalog/getMovieById at ${record(1).id} was not sent: its time was over before there was a place for it; allow it more, or raise the limits`,
    )
    await make('d', { deadline: 100 })
    expect(results).to.deep.equal(['c deadline_exceeded not-run', 'd deadline_exceeded not-run'])
    await sent[0]!.end()
    expect(names()).to.deep.equal(['a', 'b'])
    await make('e')
    expect(names()).to.deep.equal(['a', 'b', 'e'])
  })

  it('takes a call out of the queue when its caller goes', async () => {
    const { make, results, sent, names, endpoint } = setup()
    const caller = new AbortController()
    for (const name of ['a', 'b']) await make(name)
    await make('c', { signal: caller.signal })
    await make('d')
    caller.abort(new Error('enough'))
    await settled()
    expect(results).to.deep.equal(['c canceled not-run'])
    const error = await endpoint.invoke(call({ signal: caller.signal })).catch((one: unknown) => one)
    expect(error).to.include({ code: 'canceled', outcome: 'not-run', cause: caller.signal.reason })
    expect((error as Error).message).to.equal(
      `movie/catalog/getMovieById at ${record(1).id} was canceled by its caller before there was a place for it`,
    )
    await sent[0]!.end()
    expect(names()).to.deep.equal(['a', 'b', 'd'])
  })

  it('leaves no timer and no listener behind once there is a place', async () => {
    const { make, clock, sent, names } = setup()
    const caller = new AbortController()
    for (const name of ['a', 'b']) await make(name)
    await make('c', { deadline: 100, signal: caller.signal })
    expect(getEventListeners(caller.signal, 'abort')).to.have.length(1)
    await sent[0]!.end()
    expect(clock.pending).to.equal(0)
    expect(getEventListeners(caller.signal, 'abort')).to.have.length(0)
    caller.abort()
    await clock.advance(200)
    await sent[1]!.end()
    await sent[2]!.end()
    await make('d')
    await make('e')
    expect(names()).to.deep.equal(['a', 'b', 'c', 'd', 'e'])
  })

  it('bounds each method by itself, some by another number', async () => {
    const { make, names } = setup({ methods: { slow: 1 } })
    for (const name of ['a', 'b', 'c']) await make(name)
    for (const name of ['x', 'y', 'z']) await make(name, { method: 'other' })
    for (const name of ['1', '2']) await make(name, { method: 'slow' })
    await make('q', { method: 'toString' })
    expect(names()).to.deep.equal(['a', 'b', 'x', 'y', '1', 'q'])
  })

  it('bounds each peer by itself', async () => {
    const { make, names, health, line } = setup()
    for (const name of ['a', 'b', 'c']) await make(name)
    void health
      .connect(line.connect)(record(2))
      .invoke(call({ args: ['elsewhere'] }))
    await settled()
    expect(names()).to.deep.equal(['a', 'b', 'elsewhere'])
  })

  it('is busy while any method is at its bound, unless the line is worse', async () => {
    const { make, endpoint, sent, line } = setup({ methods: { slow: 1 } })
    await make('a')
    expect(endpoint.status).to.equal('open')
    await make('b')
    expect(endpoint.status).to.equal('busy')
    await make('c')
    await make('s', { method: 'slow' })
    await sent[0]!.end()
    await sent[3]!.end()
    expect([sent.length, endpoint.status]).to.deep.equal([4, 'busy'])
    await sent[1]!.end()
    expect(endpoint.status).to.equal('busy')
    line.status.set(record(1).id, 'closed')
    expect(endpoint.status).to.equal('closed')
    line.status.clear()
    await sent[2]!.end()
    expect(endpoint.status).to.equal('open')
  })

  it('tells when a method of a peer reaches its bound, and when it is below again', async () => {
    const told: unknown[] = []
    const { make, sent } = setup({ onChange: ({ id, method, full }) => told.push([id, method, full]) })
    await make('a', { method: 'm' })
    expect(told).to.deep.equal([])
    for (const name of ['b', 'c']) await make(name, { method: 'm' })
    expect(told).to.deep.equal([[record(1).id, 'm', true]])
    await sent[0]!.end()
    expect(told).to.have.length(1)
    await sent[1]!.end()
    await sent[2]!.end()
    expect(told.slice(1)).to.deep.equal([[record(1).id, 'm', false]])
  })

  it('gives a place back when a call is thrown at once', async () => {
    const { line, endpoint } = setup({ max: 1, queue: 0 })
    const failure = new Error('thrown')
    line.answer = () => {
      throw failure
    }
    for (let i = 0; i < 3; i++) expect(await said(endpoint.invoke(call()))).to.equal('thrown')
    expect(endpoint.status).to.equal('open')
  })

  it('sends away who waits when the peer leaves, and lets the others finish', async () => {
    const { make, endpoint, results, sent, clock, line } = setup()
    for (const name of ['a', 'b']) await make(name)
    await make('c', { deadline: 100 })
    const waiting = said(endpoint.invoke(call()))
    await endpoint[Symbol.asyncDispose]()
    await settled()
    expect([results, clock.pending, line.closed]).to.deep.equal([['c unavailable not-run'], 0, [record(1).id]])
    expect(await waiting).to.equal(
      `movie/catalog/getMovieById at ${record(1).id} was not sent: the peer has left while the call waited for a place; ask another`,
    )
    for (const one of sent) await one.end()
    expect(results).to.deep.equal(['c unavailable not-run', 'a ok', 'b ok'])
  })

  it('holds nothing against anybody, and has nothing to stop', async () => {
    const { health, make, names } = setup()
    expect(health.verdicts.current).to.deep.equal([])
    health[Symbol.dispose]()
    await make('a')
    expect(names()).to.deep.equal(['a'])
  })

  it('lets 256 through and 64 wait by default', async () => {
    const line = wire()
    let sent = 0
    line.answer = () => {
      sent++
      return new Promise(() => {})
    }
    const endpoint = concurrencyLimit()().connect(line.connect)(record(1))
    for (let i = 0; i < 256 + 64; i++) void endpoint.invoke(call())
    const error = await endpoint.invoke(call()).catch((one: unknown) => one)
    expect(sent).to.equal(256)
    expect(error).to.be.instanceOf(RpcError)
    expect((error as Error).message).to.contain('256 calls are under way and 64 wait')
  })

  it('goes on bounding where methods are many', async () => {
    const { make, sent, endpoint, results } = setup({ max: 1, queue: 0 })
    for (let i = 0; i < 600; i++) await make(`${i}`, { method: `m${i}` })
    expect(endpoint.status).to.equal('busy')
    for (const one of sent.slice(0, 599)) await one.end()
    await make('again', { method: 'm599' })
    expect(results.at(-1)).to.equal('again resource_exhausted not-run')
    await sent[599]!.end()
    expect(endpoint.status).to.equal('open')
  })

  it('never sends more than its bound, loses no call and is idle in the end, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({ make: fc.constantFrom('m', 'n'), waitMs: fc.constantFrom(10, 100, 10_000) }),
      fc.record({ end: fc.nat(9), fails: fc.boolean() }),
      fc.record({ abort: fc.nat(9) }),
      fc.record({ ms: fc.nat(60) }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { make, sent, results, clock, endpoint } = setup()
        const callers: AbortController[] = []
        const ended = new Set<Sent>()
        const underWay = (method?: string): readonly Sent[] =>
          sent.filter((one) => !ended.has(one) && (method === undefined || one.invocation.method === method))
        const end = async (one: Sent | undefined, fails = false): Promise<void> => {
          if (one === undefined) return
          ended.add(one)
          await one.end(fails ? new Error('x') : undefined)
        }
        for (const one of steps) {
          if ('make' in one) {
            const caller = new AbortController()
            callers.push(caller)
            const deadline = clock.now() + one.waitMs
            await make(`${callers.length}`, { method: one.make, deadline, signal: caller.signal })
          } else if ('end' in one) await end(underWay()[one.end], one.fails)
          else if ('abort' in one) {
            callers[one.abort]?.abort()
            await settled()
          } else await clock.advance(one.ms)
          for (const method of ['m', 'n']) expect(underWay(method).length).to.be.at.most(2)
          const isBusy = ['m', 'n'].some((method) => underWay(method).length === 2)
          expect(endpoint.status).to.equal(isBusy ? 'busy' : 'open')
        }
        for (;;) {
          const [next] = underWay()
          if (next === undefined) break
          await end(next)
        }
        expect(results).to.have.length(callers.length)
        expect([clock.pending, endpoint.status]).to.deep.equal([0, 'open'])
      }),
      { numRuns: 60 },
    )
  })

  it('refuses options out of range, with the value', () => {
    const wrong: readonly (readonly [ConcurrencyLimitOptions, string])[] = [
      [{ max: 0 }, 'max must be an integer from 1 to 1000000, got 0'],
      [{ queue: -1 }, 'queue must be an integer from 0 to 1000000, got -1'],
      [{ methods: { slow: 0 } }, 'methods.slow must be an integer from 1 to 1000000, got 0'],
    ]
    for (const [options, message] of wrong) expect(() => concurrencyLimit(options)).to.throw(RangeError, message)
  })
})
