import { chain, cluster, directory, failover } from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import { balancerContract } from '../balancers/contract.ts'
import { call, gate, record, wire } from '../parts.ts'
import { twoChoices } from './two-choices.ts'

balancerContract('twoChoices', (rng) => twoChoices({ rng }))

describe('twoChoices', () => {
  it('leaves alone the peer that has a call in flight', async () => {
    const line = wire()
    const records = new Cell([record(1), record(2)])
    const peers = directory({ records, connect: line.connect })
    const invoke = cluster({ peers, route: chain(), balance: twoChoices(), strategy: failover() })

    const slow = gate<void>()
    line.answer = (id) => slow.promise.then(() => ({ value: id }))
    const first = invoke(call())
    line.answer = async (id) => ({ value: id })
    const others = new Set<unknown>()
    for (let i = 0; i < 20; i++) others.add((await invoke(call())).value)
    slow.open()

    expect(others.size).to.equal(1)
    expect(others).to.not.include((await first).value)
  })
})
