import { recordingObserver } from '@kumquat/core/testing'
import { observers } from '@kumquat/monitor'
import { expect } from 'chai'
import { end, observe, start } from './parts.ts'

describe('observers', () => {
  it('tells each of them everything', () => {
    const [one, other] = [recordingObserver(), recordingObserver()]
    observe(observers(one, other))
    for (const { starts, ends } of [one, other]) {
      expect(starts).to.deep.equal([start()])
      expect(ends).to.deep.equal([end()])
    }
  })

  it('lets one that throws hurt neither the call nor the others', () => {
    const fail = (): never => {
      throw new Error('broken observer')
    }
    const sound = recordingObserver()
    const both = observers({ started: fail, ended: fail }, sound)
    observe(both)
    expect(sound.ends).to.have.length(1)
    expect(both.failures).to.equal(2)
  })
})
