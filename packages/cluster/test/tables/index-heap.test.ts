import { expect } from 'chai'
import fc from 'fast-check'
import { IndexHeap } from '../../src/tables/index-heap.ts'

describe('IndexHeap', () => {
  const ranks = fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 40 })
  const firstOf = (ranks: readonly number[]): number => ranks.indexOf(Math.min(...ranks))
  const heapOf = (ranks: readonly number[]): IndexHeap =>
    new IndexHeap(ranks.length, (a, b) => ranks[a]! < ranks[b]! || (ranks[a] === ranks[b] && a < b))

  it('knows who comes first, however ranks change one by one', () => {
    const change = fc.record({ place: fc.nat(39), rank: fc.integer({ min: 0, max: 20 }) })
    fc.assert(
      fc.property(ranks, fc.array(change, { maxLength: 100 }), (initial, changes) => {
        const current = [...initial]
        const heap = heapOf(current)
        expect(heap.first).to.equal(firstOf(current))
        for (const { place, rank } of changes) {
          const index = place % current.length
          current[index] = rank
          heap.move(index)
          expect(heap.first).to.equal(firstOf(current))
        }
      }),
    )
  })

  it('knows it after many have changed at once, down to the last', () => {
    fc.assert(
      fc.property(ranks, fc.infiniteStream(fc.integer({ min: 0, max: 20 })), (initial, more) => {
        const current = [...initial]
        const heap = heapOf(current)
        for (let index = 0; index < current.length; index++) current[index] = more.next().value!
        heap.moveAll()
        for (let left = current.length; left > 0; left--) {
          const first = firstOf(current)
          expect(heap.first).to.equal(first)
          current[first] = 1_000 + left
          heap.move(first)
        }
      }),
    )
  })

  it('asks about few at a time', () => {
    let asked = 0
    const current = Array.from({ length: 1_024 }, (_, index) => index)
    const heap = new IndexHeap(1_024, (a, b) => {
      asked++
      return current[a]! < current[b]!
    })
    expect(asked).to.be.below(3 * 1_024)
    asked = 0
    for (let i = 0; i < 100; i++) {
      current[heap.first] = 2_000 + i
      heap.move(heap.first)
    }
    expect(asked / 100).to.be.at.most(21)
  })
})
