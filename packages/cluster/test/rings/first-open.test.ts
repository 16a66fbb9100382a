import {
  chain,
  cluster,
  consistentHash,
  directory,
  failfast,
  fnv1a,
  ketama,
  type Peers,
  type SomePeers,
} from '@kumquat/cluster'
import { Cell, type Status } from '@kumquat/core'
import { expect } from 'chai'
import { call, idsOf, peer, record, wire } from '../parts.ts'

const statusOf = (ns: readonly number[], down: ReadonlyMap<number, Status>): SomePeers =>
  ns.map((n) => ({ ...peer(n), status: down.get(n) ?? ('open' as const) })) as unknown as SomePeers

describe('a ring some of whose peers are down', () => {
  const KEYS = Array.from({ length: 500 }, (_, i) => `user ${i}`)
  const owners = (peers: Peers, balance = consistentHash()): readonly string[] =>
    KEYS.map((key) => balance(peers as SomePeers, call({ args: [key] })).record.id)

  for (const status of ['closed', 'busy'] as const) {
    it(`gives the keys of a ${status} peer to those who would have them without it, and moves no other`, () => {
      const all = [1, 2, 3, 4, 5]
      const seen = owners(statusOf(all, new Map([[2, status]])))
      expect(seen).to.deep.equal(owners(statusOf([1, 3, 4, 5], new Map())))
      expect(seen).to.not.include(record(2).id)
    })
  }

  it('gives keys to whose they are if all are down', () => {
    const all = [1, 2, 3]
    const down = new Map(all.map((n) => [n, 'closed'] as const))
    expect(owners(statusOf(all, down))).to.deep.equal(owners(statusOf(all, new Map())))
  })

  it('looks at 64 points, over the end of the ring, and leaves the rest to the cluster', () => {
    // The first peer has the points 1 to 100, the second those from 1 001 on.
    const point = (text: string): number => {
      const [name, i] = text.split('-')
      return i === undefined ? Number(name) : Number(i) + (name === record(1).id ? 1 : 1_001)
    }
    const balance = ketama({
      hash: (text) => new Uint8Array(new Uint32Array([point(text)]).buffer),
      digests: 100,
      replicas: 1,
    })
    const [first, second] = [record(1).id, record(2).id]
    const owner = (key: number, down: number): string =>
      balance(statusOf([1, 2], new Map([[down, 'closed']])), call({ args: [key] })).record.id
    expect([owner(37, 1), owner(38, 1), owner(100, 1), owner(101, 1)]).to.deep.equal([first, second, second, second])
    expect([owner(1_037, 2), owner(1_038, 2), owner(1_100, 2), owner(1_101, 2)]).to.deep.equal([
      second,
      first,
      first,
      first,
    ])
  })

  it('is not laid out anew while peers go down and come back', async () => {
    const line = wire()
    const peers = directory({ records: new Cell([1, 2, 3, 4].map((n) => record(n))), connect: line.connect })
    const named: string[] = []
    const balance = consistentHash({
      hash: (text) => {
        if (text.includes(':')) named.push(text)
        return fnv1a(text)
      },
    })
    const invoke = cluster({ peers, route: chain(), balance, strategy: failfast() })
    for (const id of ['', ...idsOf(peers.current)]) {
      line.status.clear()
      line.status.set(id, 'closed')
      for (const key of KEYS) expect((await invoke(call({ args: [key] }))).value).to.not.equal(id)
    }
    expect(named).to.have.length(8)
  })
})
