import { expect } from 'chai'
import fc from 'fast-check'
import { IdTable } from '../../src/stream/id-table.ts'

describe('an id table', () => {
  it('behaves like a map, whatever the ids', () => {
    const id = fc.oneof(
      fc.integer({ min: 0, max: 200 }),
      fc.integer({ min: 0, max: 50 }).map((n) => (n * 2 ** 20) >>> 0),
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.boolean()), { maxLength: 400 }), (steps) => {
        const table = new IdTable<object>()
        const known = new Map<number, object>()
        for (const [at, isTaken] of steps) {
          expect(table.get(at)).to.equal(known.get(at))
          if (isTaken) {
            expect(table.take(at)).to.equal(known.get(at))
            known.delete(at)
          } else if (!known.has(at)) {
            const value = {}
            table.add(at, value)
            known.set(at, value)
          }
          expect(table.size).to.equal(known.size)
        }
        for (const [at, value] of known) expect(table.get(at)).to.equal(value)
        expect(new Set(table.takeAll())).to.deep.equal(new Set(known.values()))
        expect(table.size).to.equal(0)
        for (const at of known.keys()) expect(table.get(at)).to.equal(undefined)
      }),
    )
  })
})
