import { type HealthPolicy, healthChain, type Verdict } from '@kumquat/cluster'
import { Cell } from '@kumquat/core'
import { expect } from 'chai'
import { call, record, wire } from '../parts.ts'

const verdict = (id: string): Verdict => ({ id, policy: 'test', state: 'tripped', reason: 'because', since: 0 })

/** A policy that writes what it sees to a log. */
function logging(name: string, log: string[]): { policy: HealthPolicy; verdicts: Cell<readonly Verdict[]> } {
  const verdicts = new Cell<readonly Verdict[]>([])
  const policy: HealthPolicy = () => ({
    verdicts,
    connect: (next) => (one) => {
      const endpoint = next(one)
      return {
        ...endpoint,
        status: 'open',
        async invoke(invocation) {
          log.push(`${name} begins`)
          const reply = await endpoint.invoke(invocation)
          log.push(`${name} ends`)
          return reply
        },
      }
    },
    [Symbol.dispose]: () => void log.push(`${name} disposed`),
  })
  return { policy, verdicts }
}

describe('healthChain', () => {
  it('runs the first policy outermost', async () => {
    const log: string[] = []
    const health = healthChain(logging('a', log).policy, logging('b', log).policy)()
    await health.connect(wire().connect)(record(1)).invoke(call())
    expect(log).to.deep.equal(['a begins', 'b begins', 'b ends', 'a ends'])
  })

  it('joins the verdicts, and tells of each change until it is disposed', () => {
    const log: string[] = []
    const [a, b] = [logging('a', log), logging('b', log)]
    b.verdicts.set([verdict('before')])
    const health = healthChain(a.policy, b.policy)()
    const told: string[][] = []
    health.verdicts.subscribe((all) => told.push(all.map(({ id }) => id)))
    expect(health.verdicts.current.map(({ id }) => id)).to.deep.equal(['before'])
    b.verdicts.set([verdict('2')])
    a.verdicts.set([verdict('1')])
    b.verdicts.set([])
    expect(told).to.deep.equal([['2'], ['1', '2'], ['1']])
    health[Symbol.dispose]()
    expect(log).to.deep.equal(['a disposed', 'b disposed'])
    a.verdicts.set([])
    expect(told).to.have.length(3)
  })

  it('makes fresh health of each policy for each service', () => {
    let made = 0
    const policy = healthChain(() => {
      made++
      return logging('a', []).policy()
    })
    policy()
    policy()
    expect(made).to.equal(2)
  })

  it('is no more than the line itself when empty', async () => {
    const health = healthChain()()
    const { connect } = wire()
    expect(health.connect(connect)).to.equal(connect)
    expect(health.verdicts.current).to.deep.equal([])
    health[Symbol.dispose]()
  })
})
