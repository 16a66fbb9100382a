import { expect } from 'chai'
import { onAbort } from '../../src/waiting/on-abort.ts'
import { listenersOn } from '../listeners.ts'

describe('onAbort()', () => {
  it('tells all who wait, once, with one listener', () => {
    const aborting = new AbortController()
    const told: number[] = []
    for (let i = 0; i < 20; i++) onAbort(aborting.signal, () => told.push(i))
    expect(listenersOn(aborting.signal)).to.equal(1)
    aborting.abort()
    expect(told).to.deep.equal(Array.from({ length: 20 }, (_, i) => i))
  })

  it('tells nobody who has gone, and holds no listener for nobody', () => {
    const aborting = new AbortController()
    const told: string[] = []
    const [first, second] = [
      onAbort(aborting.signal, () => told.push('first')),
      onAbort(aborting.signal, () => told.push('second')),
    ]
    first[Symbol.dispose]()
    first[Symbol.dispose]()
    expect(listenersOn(aborting.signal)).to.equal(1)
    aborting.abort()
    expect(told).to.deep.equal(['second'])
    second[Symbol.dispose]()
    expect(listenersOn(aborting.signal)).to.equal(0)
  })

  it('tells one who waits again after the last had gone', () => {
    const aborting = new AbortController()
    let told = 0
    onAbort(aborting.signal, () => told++)[Symbol.dispose]()
    expect(listenersOn(aborting.signal)).to.equal(0)
    onAbort(aborting.signal, () => told++)
    aborting.abort()
    expect(told).to.equal(1)
  })

  it('lets whoever is told go', () => {
    const aborting = new AbortController()
    const told: string[] = []
    const second = { [Symbol.dispose]() {} }
    onAbort(aborting.signal, () => {
      told.push('first')
      second[Symbol.dispose]()
    })
    Object.assign(
      second,
      onAbort(aborting.signal, () => told.push('second')),
    )
    aborting.abort()
    expect(told).to.deep.equal(['first'])
  })
})
