import { chain, cluster, failfast, type Peers, roundRobin } from '@kumquat/cluster'
import { Cell, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call, peer } from '../parts.ts'

describe('failfast', () => {
  it('makes one attempt, whatever comes of it', async () => {
    let attempts = 0
    const failure = new RpcError('unavailable', 'refused', { outcome: 'not-run' })
    const peers: Peers = [1, 2, 3].map((n) => ({
      ...peer(n),
      invoke: async () => {
        attempts++
        throw failure
      },
    }))
    const invoke = cluster({ peers: new Cell(peers), route: chain(), balance: roundRobin(), strategy: failfast() })
    expect(await invoke(call({ idempotent: true })).catch((error: unknown) => error)).to.equal(failure)
    expect(attempts).to.equal(1)
  })
})
