import { expect } from 'chai'
import { joinSignals } from '../../src/waiting/join-signals.ts'
import { listenersOn } from '../listeners.ts'

describe('joined signals', () => {
  it('are none of none, and one alone is itself', () => {
    const { signal } = new AbortController()
    expect(joinSignals(undefined, undefined).signal).to.equal(undefined)
    expect(joinSignals(signal, undefined).signal).to.equal(signal)
    expect(joinSignals(undefined, signal).signal).to.equal(signal)
    expect(joinSignals(signal, signal).signal).to.equal(signal)
  })
  for (const which of [0, 1] as const) {
    it(`abort with the ${which === 0 ? 'first' : 'second'}, for its reason`, () => {
      const both = [new AbortController(), new AbortController()] as const
      const joined = joinSignals(both[0].signal, both[1].signal)
      expect(joined.signal?.aborted).to.equal(false)
      both[which].abort('enough')
      expect(joined.signal).to.include({ aborted: true, reason: 'enough' })
      const late = joinSignals(both[0].signal, both[1].signal)
      expect(late.signal).to.include({ aborted: true, reason: 'enough' })
    })
  }
  it('leave no listener behind', () => {
    const both = [new AbortController(), new AbortController()] as const
    for (let i = 0; i < 100; i++) joinSignals(both[0].signal, both[1].signal)[Symbol.dispose]()
    expect([listenersOn(both[0].signal), listenersOn(both[1].signal)]).to.deep.equal([0, 0])
  })
})
