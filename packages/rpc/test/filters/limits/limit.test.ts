import type { Reply } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { type LimitOptions, limit, type Priority, type ServedCall } from '@kumquat/rpc'
import { expect } from 'chai'
import { listenersOn } from '../../listeners.ts'
import { rejection } from '../../rejection.ts'
import { served } from '../../served.ts'

describe('limit()', () => {
  const limited = (options: Partial<LimitOptions> = {}) => {
    const clock = handClock()
    const entered: unknown[] = []
    const ends: (() => void)[] = []
    const serve = limit({ max: 1, queue: 2, clock, ...options })((call) => {
      entered.push(call.args[0])
      return new Promise<Reply>((resolve) => ends.push(() => resolve({ value: call.args[0] })))
    })
    /** Ends the first call under way. */
    const end = async (): Promise<void> => {
      ends.shift()!()
      await clock.advance(0)
    }
    return { clock, entered, serve, end }
  }
  const named = (name: string, priority?: Priority, more: Partial<ServedCall> = {}): ServedCall =>
    served('rent', [name], { attachments: priority === undefined ? {} : { priority }, ...more })

  it('lets so many run, and the others wait their turn', async () => {
    const { entered, serve, end } = limited({ max: 2 })
    const replies = Promise.all(['a', 'b', 'c', 'd'].map((name) => serve(named(name))))
    expect(entered).to.deep.equal(['a', 'b'])
    await end()
    expect(entered).to.deep.equal(['a', 'b', 'c'])
    await end()
    await end()
    await end()
    expect((await replies).map(({ value }) => value)).to.deep.equal(['a', 'b', 'c', 'd'])
  })

  it('refuses a call when too many wait already', async () => {
    const { clock, serve } = limited({ retryAfterMs: 70 })
    for (const name of ['a', 'b', 'c']) void serve(named(name)).catch(() => {})
    const error = await rejection(serve(named('d')))
    expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run', retryAfterMs: 70 })
    expect(error.message).to.contain('movie/catalog/rent was not run: 1 calls are under way here, and 2 wait')
    await clock.advance(1_000)
    expect(clock.pending).to.equal(0)
  })

  it('makes nobody wait where there is no queue', async () => {
    const { serve } = limited({ queue: 0 })
    void serve(named('a'))
    expect((await rejection(serve(named('b', 'critical')))).code).to.equal('resource_exhausted')
  })

  it('serves the urgent first, and of equals who came first', async () => {
    const { entered, serve, end } = limited({ queue: 10 })
    void serve(named('first'))
    void serve(named('bulk', 'bulk'))
    void serve(named('normal 1'))
    void serve(named('critical', 'critical'))
    void serve(named('normal 2'))
    for (let call = 0; call < 4; call++) await end()
    expect(entered).to.deep.equal(['first', 'critical', 'normal 1', 'normal 2', 'bulk'])
  })

  it('sends the least urgent and latest away for one that is more urgent', async () => {
    const { entered, serve, end } = limited({ queue: 3 })
    void serve(named('first'))
    void serve(named('bulk 1', 'bulk'))
    const away = rejection(serve(named('bulk 2', 'bulk')))
    void serve(named('normal'))
    void serve(named('critical', 'critical'))
    expect(await away).to.include({ code: 'resource_exhausted', outcome: 'not-run' })
    expect((await rejection(serve(named('bulk 3', 'bulk')))).code).to.equal('resource_exhausted')
    for (let call = 0; call < 3; call++) await end()
    expect(entered).to.deep.equal(['first', 'critical', 'normal', 'bulk 1'])
  })

  it('lets nobody wait beyond its deadline', async () => {
    const { clock, entered, serve, end } = limited()
    void serve(named('a'))
    const late = rejection(serve(named('b', 'normal', { deadline: 30 })))
    await clock.advance(30)
    expect(await late).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
    await end()
    expect(entered).to.deep.equal(['a'])
    expect(clock.pending).to.equal(0)
  })

  it('lets nobody wait beyond its bound, deadline or not', async () => {
    const { clock, serve } = limited({ waitMs: 20 })
    void serve(named('a'))
    const late = [rejection(serve(named('b'))), rejection(serve(named('c', 'normal', { deadline: 30 })))]
    await clock.advance(20)
    for (const error of await Promise.all(late)) {
      expect(error).to.include({ code: 'resource_exhausted', outcome: 'not-run', retryAfterMs: 50 })
      expect(error.message).to.contain('no place for it within 20 ms')
    }
  })

  it('lets go of a call whose caller has left, and of its signal', async () => {
    const { entered, serve, end } = limited()
    const [gone, kept] = [new AbortController(), new AbortController()]
    void serve(named('a'))
    const left = rejection(serve(named('b', 'normal', { signal: gone.signal })))
    void serve(named('c', 'normal', { signal: kept.signal }))
    gone.abort()
    expect(await left).to.include({ code: 'canceled', outcome: 'not-run' })
    await end()
    expect(entered).to.deep.equal(['a', 'c'])
    expect([listenersOn(gone.signal), listenersOn(kept.signal)]).to.deep.equal([0, 0])
    const aborted = await rejection(serve(named('d', 'normal', { signal: gone.signal })))
    expect(aborted.code).to.equal('canceled')
  })

  it('gives a place back when a method fails', async () => {
    const serve = limit({ max: 1, queue: 0 })(() => Promise.reject(new Error('broken')))
    for (let call = 0; call < 3; call++)
      expect(await serve(named('a')).catch((error: Error) => error.message)).to.equal('broken')
  })

  it('refuses options out of range, naming them', () => {
    const wrong: [Partial<LimitOptions>, RegExp][] = [
      [{ max: 0 }, /max .* got 0/],
      [{ max: 1.5 }, /max .* got 1.5/],
      [{ queue: -1 }, /queue .* got -1/],
      [{ waitMs: 0 }, /waitMs .* got 0/],
      [{ retryAfterMs: 3_600_001 }, /retryAfterMs .* got 3600001/],
    ]
    for (const [options, message] of wrong) expect(() => limited(options)).to.throw(RangeError, message)
  })
})
