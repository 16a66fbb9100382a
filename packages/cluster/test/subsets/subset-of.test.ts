import { aperture, directory, rendezvousSubset, subsetOf } from '@kumquat/cluster'
import { Cell, type ProviderRecord } from '@kumquat/core'
import { expect } from 'chai'
import { record, wire } from '../parts.ts'

const recordsOf = (n: number): readonly ProviderRecord[] => Array.from({ length: n }, (_, port) => record(port))

describe('subsetOf', () => {
  it('opens no connection outside the subset, and closes only that of who leaves it', async () => {
    const line = wire()
    const records = new Cell(recordsOf(100))
    const subset = subsetOf(records, rendezvousSubset({ size: 10, client: 'web' }))
    const peers = directory({ records: subset, connect: line.connect })
    expect(line.opened).to.have.length(10)
    const leaver = peers.current[4]!.record.id
    records.set(records.current.filter(({ id }) => id !== leaver))
    expect(line.closed).to.deep.equal([leaver])
    expect(line.opened).to.have.length(11)
    await peers[Symbol.asyncDispose]()
    subset[Symbol.dispose]()
  })

  it('says nothing of changes outside the subset', () => {
    const records = new Cell(recordsOf(100))
    const subset = subsetOf(records, aperture({ client: 3, clients: 37 }))
    const { current } = subset
    const told: (readonly ProviderRecord[])[] = []
    const listening = subset.subscribe((changed) => told.push(changed))
    records.set([...records.current])
    expect(subset.current).to.equal(current)
    const inside = new Set(current.map(({ id }) => id))
    records.set(records.current.map((one) => (inside.has(one.id) ? one : { ...one, version: 'V2' })))
    expect(told).to.have.length(0)
    const changed = current.find((one) => records.current.includes(one))!
    records.set(records.current.map((one) => (one === changed ? { ...one, version: 'V2' } : one)))
    expect(told).to.have.length(1)
    expect(told[0]).to.equal(subset.current)
    expect(subset.current.map(({ id }) => id)).to.deep.equal(current.map(({ id }) => id))
    listening[Symbol.dispose]()
    records.set(recordsOf(1))
    expect(told).to.have.length(1)
    expect(subset.current).to.deep.equal(recordsOf(1))
  })

  it('follows no more when disposed', () => {
    const records = new Cell(recordsOf(3))
    const subset = subsetOf(records, rendezvousSubset({ size: 10, client: 'web' }))
    subset[Symbol.dispose]()
    records.set(recordsOf(4))
    expect(subset.current).to.have.length(3)
  })
})
