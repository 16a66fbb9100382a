import { eventually, recordingObserver } from '@kumquat/core/testing'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin } from './stage.ts'
import { trying } from './trials.ts'

/** What an observer of the provider is told. */
export function observing(begin: Begin): void {
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

  it('tells it of a reply that JSON cannot carry, and of a request beyond a limit', async () => {
    const observer = recordingObserver()
    const { endpoint } = await begin({ observer, maxBodyBytes: 2_048 })
    await rejection(endpoint.invoke(calling('returnBigInt')))
    await rejection(endpoint.invoke(trying('echo', ['x'.repeat(3_000)])))
    expect(observer.ends.map(({ method, code }) => [method, code])).to.deep.equal([
      ['returnBigInt', 'internal'],
      ['echo', 'resource_exhausted'],
    ])
  })

  it('names to it no method that there is not', async () => {
    const observer = recordingObserver()
    const { endpoint } = await begin({ observer })
    await rejection(endpoint.invoke(trying('hostile-1')))
    await rejection(endpoint.invoke(trying('echo', [], { service: { app: 'trial', group: 'hostile' } })))
    for (const { service, method, code } of observer.ends) {
      expect({ service, method, code }).to.deep.equal({
        service: { app: 'unknown', group: 'unknown' },
        method: 'unknown',
        code: 'unimplemented',
      })
    }
    expect(observer.ends).to.have.length(2)
  })
}
