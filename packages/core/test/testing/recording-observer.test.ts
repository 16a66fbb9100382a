import type { ObservedEnd } from '@kumquat/core'
import { recordingObserver } from '@kumquat/core/testing'
import { expect } from 'chai'

describe('recordingObserver', () => {
  it('remembers everything it was told, starts and ends apart', () => {
    const observer = recordingObserver()
    const start = {
      kind: 'call',
      service: { app: 'movie', group: 'catalog' },
      method: 'm',
      lane: 'stable',
      caller: '',
    } as const
    const end: ObservedEnd = { ...start, code: 'ok', durationMs: 3 }
    observer.started(start)
    observer.ended(end)
    expect(observer.starts).to.deep.equal([start])
    expect(observer.ends).to.deep.equal([end])
  })
})
