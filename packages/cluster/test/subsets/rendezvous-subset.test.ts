import { rendezvousSubset } from '@kumquat/cluster'
import type { ProviderRecord } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { record } from '../parts.ts'

const recordsOf = (n: number): readonly ProviderRecord[] => Array.from({ length: n }, (_, port) => record(port))

describe('rendezvousSubset', () => {
  it('keeps as many as asked, all if there are not more, in the order in which they came', () => {
    const subset = rendezvousSubset({ size: 5, client: 'web 1' })
    for (const n of [0, 1, 4, 5]) {
      const records = recordsOf(n)
      expect(subset(records)).to.equal(records)
    }
    for (const n of [6, 100]) {
      const records = recordsOf(n)
      const chosen = subset(records)
      expect(chosen).to.have.length(5)
      const places = chosen.map((one) => records.indexOf(one))
      expect(places).to.deep.equal(places.toSorted((a, b) => a - b))
      expect(places).to.not.include(-1)
    }
  })

  it('is the same for the same client, whatever the order of the records, and another for another client', () => {
    const records = recordsOf(50)
    const ids = (client: string, all = records): readonly string[] =>
      rendezvousSubset({ size: 10, client })(all)
        .map(({ id }) => id)
        .toSorted()
    expect(ids('web 1', records.toReversed())).to.deep.equal(ids('web 1'))
    expect(ids('web 2')).to.not.deep.equal(ids('web 1'))
  })

  it('is what it was in every version', () => {
    const ports = (size: number): readonly number[] =>
      rendezvousSubset({ size, client: 'web 1' })(recordsOf(20)).map(({ port }) => port - 20_000)
    expect(ports(6)).to.deep.equal([3, 8, 10, 14, 15, 16])
  })

  it('changes by at most one provider when one comes or goes', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 20 }), fc.integer({ min: 2, max: 40 }), (client, size, n) => {
        const subset = rendezvousSubset({ size, client })
        const all = recordsOf(n)
        const before = new Set(subset(all))
        for (const leaver of all) {
          const after = subset(all.filter((one) => one !== leaver))
          const fresh = after.filter((one) => !before.has(one))
          expect(fresh.length).to.be.at.most(before.has(leaver) && n > size ? 1 : 0)
          for (const one of before) if (one !== leaver) expect(after).to.include(one)
        }
      }),
      { numRuns: 30 },
    )
  })

  it('spreads a thousand clients over thirty providers to within 15 %', () => {
    const records = recordsOf(30)
    const clientsOf = new Map<string, number>(records.map(({ id }) => [id, 0]))
    for (let i = 0; i < 1_000; i++) {
      for (const { id } of rendezvousSubset({ size: 15, client: `web ${i}` })(records)) {
        clientsOf.set(id, clientsOf.get(id)! + 1)
      }
    }
    for (const clients of clientsOf.values()) expect(clients).to.be.within(0.85 * 500, 1.15 * 500)
  })

  it('takes a subset of each lane, so that no client loses the few gray ones', () => {
    const records = [...recordsOf(40), record(90, { gray: true }), record(91, { gray: true })]
    for (let i = 0; i < 20; i++) {
      const chosen = rendezvousSubset({ size: 4, client: `web ${i}` })(records)
      expect(chosen.filter(({ gray }) => gray)).to.have.length(2)
      expect(chosen.filter(({ gray }) => !gray)).to.have.length(4)
    }
  })

  it('takes a subset of each class that the user names', () => {
    const records = Array.from({ length: 30 }, (_, n) => record(n, { zone: `z${n % 3}`, gray: n % 2 === 0 }))
    const chosen = rendezvousSubset({ size: 2, client: 'web', classOf: ({ zone }) => zone })(records)
    expect(chosen.map(({ zone }) => zone).toSorted()).to.deep.equal(['z0', 'z0', 'z1', 'z1', 'z2', 'z2'])
  })

  it('refuses a size below 1, with the size', () => {
    for (const size of [0, -1, 1.5, Number.NaN]) {
      expect(() => rendezvousSubset({ size, client: 'web' })).to.throw(
        RangeError,
        `size must be an integer from 1, got ${size}`,
      )
    }
  })
})
