import { aperture } from '@kumquat/cluster'
import type { ProviderRecord } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { record } from '../parts.ts'

const recordsOf = (n: number): readonly ProviderRecord[] => Array.from({ length: n }, (_, port) => record(port))

/** What all clients together give each provider: connections, and weight. */
function spread(records: readonly ProviderRecord[], clients: number, minimum?: number) {
  const connections = new Map<string, number>(records.map(({ id }) => [id, 0]))
  const weights = new Map<string, number>(records.map(({ id }) => [id, 0]))
  let most = 0
  for (let client = 0; client < clients; client++) {
    const chosen = aperture({ client, clients, ...(minimum === undefined ? {} : { minimum }) })(records)
    most = Math.max(most, chosen.length)
    for (const { id, weight } of chosen) {
      connections.set(id, connections.get(id)! + 1)
      weights.set(id, weights.get(id)! + weight)
    }
  }
  return { connections: [...connections.values()], weights: [...weights.values()], most }
}

describe('aperture', () => {
  it('lets all clients together put the same weight on every provider', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 15 }),
        (clients, providers, minimum) => {
          const { weights } = spread(recordsOf(providers), clients, minimum)
          const mean = weights.reduce((a, b) => a + b) / providers
          for (const weight of weights) expect(weight).to.be.closeTo(mean, 1e-6)
          expect(mean).to.be.above(0)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('spreads connections to within 15 %, and bounds those of a client', () => {
    for (const [clients, providers, bound] of [
      [100, 40, 14],
      [1_000, 100, 14],
      [300, 24, 14],
    ] as const) {
      const { connections, most } = spread(recordsOf(providers), clients)
      const mean = connections.reduce((a, b) => a + b) / providers
      for (const one of connections) expect(one).to.be.within(0.85 * mean, 1.15 * mean)
      expect(most).to.be.within(12, bound)
    }
  })

  it('reaches 12 providers unless told, and all if there are not more', () => {
    for (const n of [0, 1, 12]) {
      const records = recordsOf(n)
      expect(aperture({ client: 0, clients: 100 })(records)).to.equal(records)
    }
    expect(aperture({ client: 0, clients: 1_300 })(recordsOf(13))).to.have.length(12)
    expect(aperture({ client: 0, clients: 130, minimum: 5 })(recordsOf(13))).to.have.length(5)
  })

  it('has an arc of whole shares of clients, as few as hold the minimum', () => {
    // A share of one of 10 clients is 2.5 of 25 providers wide: 12 of them take 5 shares, that is 12.5.
    const records = recordsOf(25)
    const weights = aperture({ client: 0, clients: 10 })(records).map(({ weight }) => weight)
    expect(weights).to.deep.equal([...Array<number>(12).fill(100), 50])
    const next = aperture({ client: 1, clients: 10 })(records).map(({ weight }) => weight)
    expect(next).to.deep.equal([50, ...Array<number>(12).fill(100)])
    // Few clients must reach everybody between them.
    expect(aperture({ client: 0, clients: 2 })(recordsOf(40))).to.have.length(20)
    expect(aperture({ client: 0, clients: 1 })(recordsOf(40))).to.have.length(40)
  })

  it('is what it was in every version', () => {
    const chosen = aperture({ client: 1, clients: 4, minimum: 4 })(recordsOf(20))
    expect(chosen.map(({ port }) => port - 20_000)).to.deep.equal([17, 0, 7, 15, 13])
  })

  it('is the same at all clients, whatever the order of the records', () => {
    const records = recordsOf(60)
    const subset = aperture({ client: 3, clients: 7 })
    expect(subset(records.toReversed())).to.deep.equal(subset(records))
    expect(subset(records).map(({ port }) => port)).to.not.deep.equal(
      subset(records)
        .map(({ port }) => port)
        .toSorted((a, b) => a - b),
    )
  })

  it('keeps records as they are where the arc covers them, and the same object where it covers a part', () => {
    const records = recordsOf(25)
    const subset = aperture({ client: 0, clients: 10 })
    const [before, after] = [subset(records), subset([...records])]
    for (const [i, one] of before.entries()) expect(after[i]).to.equal(one)
    expect(before.filter((one) => records.includes(one))).to.have.length(12)
    expect(before.at(-1)).to.deep.equal({ ...records.find(({ id }) => id === before.at(-1)!.id), weight: 50 })
  })

  it('refuses numbers out of range, with the number', () => {
    for (const [options, complaint] of [
      [{ client: 0, clients: 0 }, 'clients must be an integer from 1, got 0'],
      [{ client: 0, clients: 1.5 }, 'clients must be an integer from 1, got 1.5'],
      [{ client: 3, clients: 3 }, 'client must be an integer from 0 to clients - 1 = 2, got 3'],
      [{ client: -1, clients: 3 }, 'client must be an integer from 0 to clients - 1 = 2, got -1'],
      [{ client: 0.5, clients: 3 }, 'client must be an integer from 0 to clients - 1 = 2, got 0.5'],
      [{ client: 0, clients: 3, minimum: 0 }, 'minimum must be an integer from 1, got 0'],
      [{ client: 0, clients: 3, minimum: 2.5 }, 'minimum must be an integer from 1, got 2.5'],
    ] as const) {
      expect(() => aperture(options)).to.throw(RangeError, complaint)
    }
    expect(aperture({ client: 2, clients: 3, minimum: 1 })).to.be.a('function')
  })
})
