import { roundRobin } from '@kumquat/cluster'
import { seededRng } from '@kumquat/core'
import { expect } from 'chai'
import { call, idsOf, peersOf } from '../parts.ts'
import { balancerContract } from './contract.ts'

balancerContract('roundRobin', (rng) => roundRobin({ rng }))

describe('roundRobin', () => {
  it('takes each peer in turn, whatever its weight', () => {
    const peers = peersOf(1, 100, 5)
    const balance = roundRobin({ rng: () => 0 })
    const picked = Array.from({ length: 6 }, () => balance(peers, call()))
    expect(picked).to.deep.equal([...peers, ...peers])
  })

  it('keeps a turn of its own for each set, so that two lanes asked by turns lose no peer', () => {
    const lanes = [peersOf(1, 1), peersOf(1, 1)]
    const balance = roundRobin({ rng: seededRng(1) })
    const picked = Array.from({ length: 8 }, (_, i) => balance(lanes[i % 2]!, call()))
    for (const lane of lanes) {
      const own = idsOf(picked.filter((peer) => lane.includes(peer)))
      expect(own.filter((id) => id === lane[0].record.id)).to.have.length(2)
    }
  })
})
