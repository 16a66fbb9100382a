import { asPeer, groupRecord, type Peer, type Peers, pending } from '@kumquat/cluster'
import { Cell, type Status } from '@kumquat/core'
import { expect } from 'chai'
import { call, gate, peer, record } from '../parts.ts'

const inState = (n: number, status: Status): Peer => ({ ...peer(n), status })

describe('asPeer', () => {
  const over = (peers: Peers) => asPeer({ record: record(9), peers: new Cell(peers), invoke: peers[0]!.invoke })

  const best: readonly (readonly [Status, readonly Status[]])[] = [
    ['open', ['closed', 'busy', 'open']],
    ['open', ['open', 'closed']],
    ['busy', ['closed', 'busy', 'closed']],
    ['closed', ['closed', 'closed']],
  ]
  for (const [status, members] of best) {
    it(`is ${status} when its members are ${members.join(', ')}`, () => {
      expect(over(members.map((own, n) => inState(n, own))).status).to.equal(status)
    })
  }

  it('is closed without a member, and open as soon as one is there', () => {
    const peers = new Cell<Peers>([])
    const group = asPeer({ record: record(9), peers, invoke: peer(1).invoke })
    expect(group.status).to.equal('closed')
    peers.set([peer(1)])
    expect(group.status).to.equal('open')
  })

  it('answers as its cluster does, under the record it was given', async () => {
    const group = over([peer(1)])
    expect(group.record).to.deep.equal(record(9))
    expect(await group.invoke(call())).to.deep.equal({ value: record(1).id })
  })

  it('counts the calls that it is given, by the metric asked for', async () => {
    const slow = gate<{ value: string }>()
    const group = asPeer({ record: record(9), peers: new Cell([peer(1)]), invoke: () => slow.promise })
    expect(group.load(pending)).to.equal(0)
    const calls = [group.invoke(call()), group.invoke(call())]
    expect(group.load(pending)).to.equal(2)
    slow.open({ value: 'done' })
    await Promise.all(calls)
    expect(group.load(pending)).to.equal(0)
  })
})

describe('groupRecord', () => {
  const of = (...known: Parameters<typeof record>[1][]) =>
    groupRecord(
      'eu',
      known.map((own, n) => peer(n, own)),
    )

  it('has an id that no provider has, and the sum of the weights', () => {
    expect(of({ weight: 50 }, { weight: 0 }, { weight: 7.5 })).to.include({ id: 'eu/*', host: 'eu', weight: 57.5 })
  })

  it('counts a weight below 0 as 0', () => {
    expect(of({ weight: 50 }, { weight: -20 })).to.include({ weight: 50 })
  })

  it('has no weight without a member, or of members that have none', () => {
    expect(groupRecord('eu', [])).to.include({ weight: 0, version: '', zone: '', gray: false })
    expect(of({ weight: 0 }, { weight: 0 })).to.include({ weight: 0 })
  })

  it('says what all members say', () => {
    const both = { version: 'V1', zone: 'eu', gray: true, tags: { disk: 'ssd', rack: '1' } }
    expect(of(both, both)).to.deep.include(both)
  })

  it('is silent on what they do not agree upon', () => {
    const one = { version: 'V1', zone: 'eu', gray: true, tags: { disk: 'ssd', rack: '1', of: 'one' } }
    const two = { version: 'V2', zone: 'us', gray: false, tags: { disk: 'ssd', rack: '2' } }
    expect(of(one, two)).to.deep.include({ version: '', zone: '', gray: false, tags: { disk: 'ssd' } })
    expect(of(two, one)).to.deep.include({ version: '', zone: '', gray: false, tags: { disk: 'ssd' } })
  })

  it('warms up no second time: its members do', () => {
    expect(of({ warmupMs: 60_000, startedAt: 5 })).to.include({ warmupMs: 0, startedAt: 0 })
  })
})
