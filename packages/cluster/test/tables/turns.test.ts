import { seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { deadlineHeap } from '../../src/tables/deadline-heap.ts'
import { smoothSequence } from '../../src/tables/smooth-sequence.ts'
import { Turns } from '../../src/tables/turns.ts'
import { counts } from '../parts.ts'

const orderOf = (next: () => number, length: number): string => Array.from({ length }, next).join('')
const first = (): number => 0

describe('Turns', () => {
  /** The index whose turn it is, by a look at all. */
  const whose = (turns: Turns, size: number): number => {
    let best = 0
    for (let index = 1; index < size; index++) if (turns.before(index, best)) best = index
    return best
  }

  it('come in the order of their deadlines, the k-th of weight w at (k + 1/2) / w', () => {
    const turns = new Turns([1, 2, 4], first)
    const order = Array.from({ length: 14 }, () => {
      const index = whose(turns, 3)
      turns.take(index)
      return index
    })
    // It starts with the first turn of index 0, due at 1/2: by then 1 has had one, and 2 two.
    expect(order.join('')).to.equal('02122120212212')
  })

  it('that pass while others go out of order are lost', () => {
    const turns = new Turns([1, 1], first)
    for (let i = 0; i < 10; i++) turns.take(1)
    expect(whose(turns, 2)).to.equal(0)
    turns.take(0)
    const order = Array.from({ length: 6 }, () => {
      const index = whose(turns, 2)
      turns.take(index)
      return index
    })
    expect(order.join('')).to.equal('010101')
  })

  it('of whoever has no weight never come', () => {
    const turns = new Turns([0, 1], first)
    for (let i = 0; i < 10; i++) {
      expect(turns.before(1, 0)).to.equal(true)
      expect(turns.before(0, 1)).to.equal(false)
      turns.take(1)
    }
  })
})

describe('deadlineHeap', () => {
  it('begins with each as often as its weight says, fractions too', () => {
    const weights = [0.5, 1.25, 0.25]
    for (const [uniform, index] of [
      [0, 0],
      [0.249, 0],
      [0.2501, 1],
      [0.874, 1],
      [0.8751, 2],
      [0.999, 2],
    ] as const) {
      expect(deadlineHeap(weights, () => uniform)(), `${uniform}`).to.equal(index)
    }
  })

  it('gives fractional weights their shares, give or take one turn', () => {
    const weights = fc.array(fc.double({ min: 0.01, max: 100, noNaN: true }), { minLength: 1, maxLength: 10 })
    fc.assert(
      fc.property(weights, fc.integer(), (some, seed) => {
        const next = deadlineHeap(some, seededRng(seed))
        const total = some.reduce((sum, weight) => sum + weight)
        const turns = 2_000
        const seen = counts(next, turns, some.length)
        // In time t, a weight w has w·t turns give or take one, and t itself is known to the turn of everyone else.
        for (const [index, weight] of some.entries()) {
          const share = weight / total
          expect(Math.abs(seen[index]! - turns * share)).to.be.at.most(1 + some.length * share + 1e-6)
        }
      }),
    )
  })
})

describe('smoothSequence', () => {
  it("lays out nginx's order, in any unit", () => {
    for (const unit of [1, 7, 0.25]) {
      expect(orderOf(smoothSequence([5 * unit, unit, unit], first)!, 14)).to.equal('00102000010200')
    }
  })

  it('begins anywhere in it', () => {
    expect(orderOf(smoothSequence([5, 1, 1], () => 0.3)!, 7)).to.equal('1020000')
    expect(orderOf(smoothSequence([5, 1, 1], () => 0.999)!, 7)).to.equal('0001020')
  })

  it('leaves what has nothing in common to others', () => {
    expect(smoothSequence([0.1, 0.2, 0.7], first)).to.equal(undefined)
    expect(smoothSequence([100, 33.333, 100], first)).to.equal(undefined)
    expect(smoothSequence([1, Math.PI], first)).to.equal(undefined)
  })

  it('is laid out up to 16 384 steps, peers times turns', () => {
    expect(smoothSequence(new Array<number>(128).fill(1), first)).to.not.equal(undefined)
    expect(smoothSequence(new Array<number>(129).fill(1), first)).to.equal(undefined)
    expect(smoothSequence([8_191, 1], first)).to.not.equal(undefined)
    expect(smoothSequence([8_192, 1], first)).to.equal(undefined)
  })

  it('gives each exactly its weight in a cycle of weights that share a fraction', () => {
    const next = smoothSequence([2.5, 0.5, 1.5], seededRng(1))!
    expect(counts(next, 9, 3)).to.deep.equal([5, 1, 3])
  })
})
