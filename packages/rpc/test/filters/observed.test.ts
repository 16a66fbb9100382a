import { RpcError } from '@kumquat/core'
import { handClock, recordingObserver } from '@kumquat/core/testing'
import { expect } from 'chai'
import { observed } from '../../src/filters/observed.ts'
import { calling } from '../serving.ts'

describe('observed()', () => {
  const service = { app: 'movie', group: 'catalog' }

  it('tells of the beginning and the end of a call', async () => {
    const observer = recordingObserver()
    const clock = handClock()
    const filter = observed({ kind: 'call', observer, caller: 'web', clock })
    const call = filter(async () => {
      expect(observer.starts).to.deep.equal([{ kind: 'call', service, method: 'rent', lane: 'gray', caller: 'web' }])
      await clock.advance(12)
      return { value: 1 }
    })
    expect(await call(calling('rent', [], { attachments: { lane: 'gray' }, attempt: 1 }))).to.deep.equal({ value: 1 })
    expect(observer.ends).to.deep.equal([{ ...observer.starts[0], code: 'ok', durationMs: 12 }])
  })

  it('tells which attempt at which peer it was', async () => {
    const observer = recordingObserver()
    const filter = observed({ kind: 'attempt', observer, caller: '', peer: 'a:1', clock: handClock() })
    await filter(async () => ({ value: 1 }))(calling('rent', [], { attempt: 2 }))
    expect(observer.ends[0]).to.include({ kind: 'attempt', peer: 'a:1', attempt: 2, lane: 'stable', code: 'ok' })
  })

  it('tells the code of a failure, which is unknown of a foreign one, and lets it pass', async () => {
    const observer = recordingObserver()
    const filter = observed({ kind: 'call', observer, caller: '', clock: handClock() })
    for (const error of [new RpcError('not_found', 'none'), new Error('broken')]) {
      const failed = await filter(() => Promise.reject(error))(calling('rent')).catch((thrown: unknown) => thrown)
      expect(failed).to.equal(error)
    }
    expect(observer.ends.map(({ code }) => code)).to.deep.equal(['not_found', 'unknown'])
  })

  it('tells the end of a call that throws at once, too', async () => {
    const observer = recordingObserver()
    const filter = observed({ kind: 'call', observer, caller: '', clock: handClock() })
    const error = new RpcError('aborted', 'at once')
    const thrower = (): never => {
      throw error
    }
    expect(await filter(thrower)(calling('rent')).catch((thrown: unknown) => thrown)).to.equal(error)
    expect(observer.ends.map(({ code }) => code)).to.deep.equal(['aborted'])
  })
})
