import { sleep, systemClock } from '@kumquat/core'
import { eventually, recordingLogger, recordingObserver } from '@kumquat/core/testing'
import type { Transport } from '@kumquat/rpc'
import { expect } from 'chai'
import { Movies } from './movies.ts'
import { rejection } from './rejection.ts'
import { calling, type Serving, type ServingOptions, serving } from './serving.ts'

/** What every transport must do, whatever carries it. */
export function transportContract(name: string, make: (caller: string) => Transport): void {
  describe(`${name}, as every transport,`, () => {
    let current: Serving | undefined
    const begin = async (options: Partial<ServingOptions> = {}): Promise<Serving> => {
      current = await serving({ transport: make('web'), ...options })
      return current
    }
    afterEach(async () => {
      await current?.[Symbol.asyncDispose]()
      current = undefined
    })

    it('carries arguments there and the reply back', async () => {
      const { endpoint } = await begin()
      const args = [1, 'ä€😀', null, true, [1, [2]], { a: { b: 'c' } }]
      expect(await endpoint.invoke(calling('echo', args))).to.deep.equal({ value: args })
    })

    it('carries a single array argument as one argument', async () => {
      const { endpoint } = await begin()
      expect((await endpoint.invoke(calling('echo', [[1, 2]]))).value).to.deep.equal([[1, 2]])
    })

    it('answers null for nothing', async () => {
      const { endpoint } = await begin()
      expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
    })

    it('lets defaults of parameters apply to trailing undefined arguments', async () => {
      const { endpoint } = await begin()
      expect((await endpoint.invoke(calling('rent', [3, undefined]))).value).to.equal('3 for 7 days')
    })

    it('refuses an argument that JSON cannot carry, before it is sent', async () => {
      const movies = new Movies()
      const { endpoint } = await begin({ services: [movies] })
      const error = await rejection(endpoint.invoke(calling('rent', [1n])))
      expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(error.message).to.contain('movie/catalog/rent').and.to.contain('BigInt')
      expect(movies.entered).to.deep.equal([])
    })

    it('refuses arguments that the check of the method refuses, and does not enter it', async () => {
      const movies = new Movies()
      const { endpoint } = await begin({ services: [movies] })
      const error = await rejection(endpoint.invoke(calling('getMovieById', ['seven'])))
      expect(error).to.include({ code: 'invalid_argument', outcome: 'not-run' })
      expect(error.message).to.equal('movie/catalog/getMovieById: id must be an integer; it was called with ["seven"]')
      expect(movies.entered).to.deep.equal([])
    })

    it('hides what a method threw, and tells the log', async () => {
      const logger = recordingLogger()
      const { endpoint } = await begin({ logger })
      const error = await rejection(endpoint.invoke(calling('fail')))
      expect(error).to.include({ code: 'unknown', outcome: 'ran' })
      expect(error.message).to.contain('movie/catalog/fail threw').and.not.to.contain('1234')
      expect(String(error.stack)).not.to.contain('movies.ts')
      const [failure] = /[0-9a-f]{8}(?=\))/.exec(error.message)!
      expect(logger.lines).to.have.length(1)
      expect(logger.lines[0]).to.have.property('level', 'error')
      expect(logger.lines[0]!.facts).to.include({ method: 'movie/catalog/fail', failure })
    })

    it('carries an RpcError of a method, and says that it ran whatever that says', async () => {
      const { endpoint } = await begin()
      const error = await rejection(endpoint.invoke(calling('refuse')))
      expect(error).to.include({ code: 'not_found', message: 'no such movie', outcome: 'ran' })
      expect(error).to.include({ retryable: true, retryAfterMs: 50 })
      expect(error.details).to.deep.equal([{ type: 'movie', value: 'x' }])
    })

    for (const [what, method] of [
      ['a BigInt', 'returnBigInt'],
      ['a cycle', 'returnCycle'],
    ] as const) {
      it(`names the method that returned ${what}`, async () => {
        const { endpoint } = await begin()
        const error = await rejection(endpoint.invoke(calling(method)))
        expect(error).to.include({ code: 'internal', outcome: 'ran' })
        expect(error.message).to.contain(`movie/catalog/${method} returned what JSON cannot carry`)
      })
    }

    it('names an unknown method, what there is, and the nearest', async () => {
      const { endpoint } = await begin()
      const error = await rejection(endpoint.invoke(calling('getMovieByID2')))
      expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
      expect(error.message).to.contain('"getMovieByID2"').and.to.contain('did you mean "getMovieById"?')
      expect(error.message).to.contain('rent, echo')
    })

    it('names an unknown service', async () => {
      const { endpoint } = await begin()
      const service = { app: 'movie', group: 'catalogue' }
      const error = await rejection(endpoint.invoke(calling('getMovieById', [1], { service })))
      expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
      expect(error.message).to.contain('"movie/catalogue"').and.to.contain('did you mean "movie/catalog"?')
    })

    for (const method of ['notServed', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'entered']) {
      it(`does not serve ${method}`, async () => {
        const { endpoint } = await begin()
        const error = await rejection(endpoint.invoke(calling(method)))
        expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
      })
    }

    it('tells the method who calls, with which attachments, and which attempt it is', async () => {
      const { endpoint } = await begin()
      const attachments = { lane: 'gray', user: 'Ann, "=;%ä' }
      const { value } = await endpoint.invoke(calling('whoCalls', [], { attachments, attempt: 2 }))
      expect(value).to.deep.equal({ caller: 'web', attachments, attempt: 2, hasDeadline: true })
    })

    it('ends a call at its deadline, here and there', async () => {
      const movies = new Movies()
      const { endpoint } = await begin({ services: [movies] })
      const error = await rejection(endpoint.invoke(calling('slow', [60_000], { deadline: systemClock.now() + 150 })))
      expect(error).to.include({ code: 'deadline_exceeded', outcome: 'unknown' })
      expect(error.message).to.contain('movie/catalog/slow')
      await eventually(() => expect(movies.entered).to.deep.equal(['slow', 'slow aborted']))
    })

    it('does not send a call whose deadline has passed', async () => {
      const movies = new Movies()
      const { endpoint } = await begin({ services: [movies] })
      const error = await rejection(endpoint.invoke(calling('rent', [1], { deadline: systemClock.now() - 1 })))
      expect(error).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
      expect(movies.entered).to.deep.equal([])
    })

    it('ends a call when its signal aborts, and the method with it', async () => {
      const movies = new Movies()
      const { endpoint } = await begin({ services: [movies] })
      const aborting = new AbortController()
      const settled = rejection(endpoint.invoke(calling('slow', [60_000], { signal: aborting.signal })))
      await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
      const reason = new Error('the user went away')
      aborting.abort(reason)
      const error = await settled
      expect(error).to.include({ code: 'canceled', outcome: 'unknown', cause: reason })
      await eventually(() => expect(movies.entered).to.deep.equal(['slow', 'slow aborted']))
    })

    it('does not send a call whose signal has aborted', async () => {
      const movies = new Movies()
      const { endpoint } = await begin({ services: [movies] })
      const error = await rejection(endpoint.invoke(calling('rent', [1], { signal: AbortSignal.abort() })))
      expect(error).to.include({ code: 'canceled', outcome: 'not-run' })
      expect(movies.entered).to.deep.equal([])
    })

    it('says of an address where nobody listens that nothing ran', async () => {
      const { endpoint, listener } = await begin()
      await listener[Symbol.asyncDispose]()
      const error = await rejection(endpoint.invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(endpoint.status).to.equal('closed')
    })

    it('refuses a port that is in use, naming it', async () => {
      const transport = make('web')
      const { listener } = await begin({ transport })
      const error = await rejection(serving({ transport, port: listener.port }))
      expect(error).to.include({ code: 'failed_precondition', outcome: 'not-run' })
      expect(error.message).to.contain(String(listener.port)).and.to.contain('in use')
    })

    it('serves on while it leaves, and tells callers to look elsewhere', async () => {
      const { endpoint, listener } = await begin()
      await endpoint.invoke(calling('nothing'))
      expect(endpoint.status).to.equal('open')
      listener.leave()
      expect((await endpoint.invoke(calling('nothing'))).value).to.equal(null)
      expect(endpoint.status).to.equal('closed')
    })

    it('lets calls in flight finish when it closes, and refuses later ones', async () => {
      const movies = new Movies()
      const { endpoint, listener } = await begin({ services: [movies] })
      // An open connection to come later on.
      await endpoint.invoke(calling('nothing'))
      const inFlight = endpoint.invoke(calling('slow', [300]))
      await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
      const closed = listener.close(5_000)
      const error = await rejection(endpoint.invoke(calling('rent', [1])))
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect((await inFlight).value).to.equal('done')
      await closed
      expect(movies.entered).to.deep.equal(['slow', 'slow done'])
    })

    it('cuts off what has not finished when the time to drain is over', async () => {
      const movies = new Movies()
      const { endpoint, listener } = await begin({ services: [movies] })
      endpoint.invoke(calling('slow', [2_000])).catch(() => {})
      await eventually(() => expect(movies.entered).to.deep.equal(['slow']))
      await listener.close(20)
      expect(movies.entered).to.deep.equal(['slow'])
    })

    it('tells when the last call came in', async () => {
      const { endpoint, listener } = await begin()
      const before = listener.lastCallAt
      await sleep(systemClock, 5)
      await endpoint.invoke(calling('nothing'))
      expect(listener.lastCallAt).to.be.greaterThan(before)
    })

    it('tells an observer of each call served, once, with its code', async () => {
      const observer = recordingObserver()
      const { endpoint } = await begin({ observer })
      await endpoint.invoke(calling('nothing', [], { attachments: { lane: 'gray' } }))
      await rejection(endpoint.invoke(calling('fail')))
      await rejection(endpoint.invoke(calling('getMovieById', ['x'])))
      const gone = new AbortController()
      const canceled = rejection(endpoint.invoke(calling('slow', [5_000], { signal: gone.signal })))
      await eventually(() => expect(observer.starts).to.have.length(4))
      gone.abort()
      await canceled
      await eventually(() => expect(observer.ends).to.have.length(4))
      expect(observer.ends.map(({ method, code, lane }) => [method, code, lane])).to.deep.equal([
        ['nothing', 'ok', 'gray'],
        ['fail', 'unknown', 'stable'],
        ['getMovieById', 'invalid_argument', 'stable'],
        ['slow', 'canceled', 'stable'],
      ])
      for (const end of observer.ends) {
        expect(end).to.include({ kind: 'served', caller: 'web' })
        expect(end.service).to.deep.equal({ app: 'movie', group: 'catalog' })
        expect(end.durationMs).to.be.at.least(0)
      }
    })
  })
}
