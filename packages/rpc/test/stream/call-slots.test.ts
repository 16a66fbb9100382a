import { expect } from 'chai'
import fc from 'fast-check'
import { CallSlots } from '../../src/stream/call-slots.ts'

describe('call slots', () => {
  it('behave like a map from ids that count up', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 99 }), { maxLength: 400 }), (steps) => {
        const slots = new CallSlots<{ readonly n: number }>()
        const known = new Map<number, { readonly n: number }>()
        const seen = new Set<number>()
        for (const [n, step] of steps.entries()) {
          if (step < 60) {
            const call = { n }
            const id = slots.add(call)
            expect(seen.has(id)).to.equal(false)
            seen.add(id)
            known.set(id, call)
          } else {
            const id = [...seen][step % Math.max(1, seen.size)] ?? 1
            expect(slots.get(id)).to.equal(known.get(id))
            expect(slots.take(id)).to.equal(known.get(id))
            known.delete(id)
          }
          expect(slots.count).to.equal(known.size)
        }
        expect(new Set(slots.takeAll())).to.deep.equal(new Set(known.values()))
        expect(slots.count).to.equal(0)
      }),
    )
  })

  it('pass over the id of a call that waits for long', () => {
    const slots = new CallSlots<object>()
    const old = {}
    const id = slots.add(old)
    for (let i = 0; i < 1_000; i++) expect(slots.take(slots.add({}))).to.not.equal(undefined)
    expect(slots.take(id)).to.equal(old)
    expect(slots.take(id)).to.equal(undefined)
  })
})
