import { BALANCERS, type Balancer, namedBalancer } from '@kumquat/cluster'
import { expect } from 'chai'
import { call, peer, peersOf } from '../parts.ts'

describe('BALANCERS', () => {
  const names = [
    'round-robin',
    'weighted-round-robin',
    'random',
    'least-loaded',
    'p2c',
    'shortest-response',
    'consistent-hash',
    'ketama',
    'rendezvous',
    'maglev',
  ]

  it('has each balancer by its name, and cannot be changed', () => {
    expect(Object.keys(BALANCERS)).to.deep.equal(names)
    expect(Object.isFrozen(BALANCERS)).to.equal(true)
  })

  for (const name of names) {
    it(`makes ${name} afresh each time, fit to pick`, () => {
      const peers = peersOf(1, 2, 3)
      expect(peers).to.include(namedBalancer(name)(peers, call({ args: ['key'] })))
      expect(namedBalancer(name)).to.not.equal(namedBalancer(name))
    })
  }

  it('makes the one it says', () => {
    const turns = (name: string): readonly (number | undefined)[] => {
      const peers = peersOf(1, 1, 2)
      const balance = namedBalancer(name)
      const seen = [0, 0, 0]
      for (let i = 0; i < 8; i++) seen[peers.indexOf(balance(peers, call({ args: ['key'] })))]! += 1
      return [...seen].sort()
    }
    expect(turns('round-robin')).to.deep.equal([2, 3, 3])
    for (const name of ['weighted-round-robin', 'least-loaded']) expect(turns(name), name).to.deep.equal([2, 2, 4])
    for (const name of names.slice(6)) expect(turns(name), name).to.deep.equal([0, 0, 8])
  })
})

describe('namedBalancer', () => {
  it('knows the names that a user adds', () => {
    const last: Balancer = (peers) => peers.at(-1)!
    const peers = peersOf(1, 1)
    const known = { ...BALANCERS, last: () => last }
    expect(namedBalancer('last', known)(peers, call())).to.equal(peers[1])
    expect(namedBalancer('p2c', known)([peer(1)], call()).record.id).to.equal(peer(1).record.id)
  })

  it('refuses a name it does not know, with the names it does', () => {
    const known = { first: () => (peers: Parameters<Balancer>[0]) => peers[0], other: () => namedBalancer('p2c') }
    for (const name of ['P2C', '', 'constructor', 'toString']) {
      expect(() => namedBalancer(name, known)).to.throw(
        TypeError,
        `unknown balancer ${JSON.stringify(name)}: take one of first, other`,
      )
    }
    expect(() => namedBalancer('p2c2')).to.throw(TypeError, 'take one of round-robin, weighted-round-robin, random')
  })
})
