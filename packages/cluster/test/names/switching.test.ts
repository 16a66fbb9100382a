import { type Balancer, chain, cluster, directory, failfast, namedBalancer, switching } from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import { call, record, wire } from '../parts.ts'

describe('switching', () => {
  it('picks with the balancer of the moment, while calls go on', async () => {
    const first: Balancer = (peers) => peers[0]
    const last: Balancer = (peers) => peers.at(-1)!
    const chosen = new Cell<Balancer>(first)
    const peers = directory({ records: new Cell([record(1), record(2), record(3)]), connect: wire().connect })
    const invoke = cluster({ peers, route: chain(), balance: switching(chosen), strategy: failfast() })

    const early = invoke(call())
    chosen.set(last)
    expect((await early).value).to.equal(record(1).id)
    expect((await invoke(call())).value).to.equal(record(3).id)
    chosen.set(namedBalancer('round-robin'))
    const turns = new Set<unknown>()
    for (let i = 0; i < 3; i++) turns.add((await invoke(call())).value)
    expect(turns.size).to.equal(3)
  })
})
