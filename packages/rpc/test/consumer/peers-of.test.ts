import { type Health, type HealthPolicy, type Peers, rendezvousSubset, type Verdict } from '@kumquat/cluster'
import { Cell, type Connect, type ProviderRecord, providerRecord } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { type PeersParts, peersOf } from '../../src/consumer/peers-of.ts'

const record = (n: number, known: Partial<ProviderRecord> = {}): ProviderRecord =>
  providerRecord({ host: '10.0.0.1', port: n, ...known })

describe('the peers of a service', () => {
  const setup = (all: readonly ProviderRecord[], parts: Partial<PeersParts> = {}) => {
    const clock = handClock()
    const records = new Cell(all)
    const opened: string[] = []
    const closed: string[] = []
    const connect: Connect = ({ id }) => {
      opened.push(id)
      return {
        invoke: async () => ({ value: id }),
        status: 'open',
        async [Symbol.asyncDispose]() {
          closed.push(id)
        },
      }
    }
    const onError = (error: unknown): never => {
      throw error
    }
    return { clock, records, opened, closed, peers: peersOf({ records, connect, clock, onError, ...parts }) }
  }
  const weights = (peers: Peers): readonly number[] => peers.map(({ record }) => record.weight)

  const judged = () => {
    const verdicts = new Cell<readonly Verdict[]>([])
    let disposed = 0
    const made: Health[] = []
    const policy: HealthPolicy = () => {
      const health: Health = {
        connect: (next) => (record) => {
          const endpoint = next(record)
          return { ...endpoint, status: 'closed', [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose]() }
        },
        verdicts,
        [Symbol.dispose]() {
          disposed++
        },
      }
      made.push(health)
      return health
    }
    return { policy, verdicts, made, disposals: () => disposed }
  }

  it('are those that the records advertise, as they are, when nothing is asked for', async () => {
    const { peers, records } = setup([record(1, { warmupMs: 1_000 })])
    expect(weights(peers.current)).to.deep.equal([100])
    records.set([record(1), record(2)])
    expect(peers.current).to.have.length(2)
  })

  it('grow to their weight after a start, and leave no timer', async () => {
    const { clock, records, peers } = setup([record(1)], { warmUp: true })
    const told: Peers[] = []
    peers.subscribe((changed) => told.push(changed))
    records.set([record(1), record(2, { warmupMs: 10_000, startedAt: clock.epoch() })])
    expect(weights(peers.current)[1]).to.be.below(100)
    expect(told.at(-1)).to.equal(peers.current)
    await clock.advance(10_000)
    expect(weights(peers.current)).to.deep.equal([100, 100])
    expect(clock.pending).to.equal(0)
  })

  it('have one health, which watches their lines and is disposed with them', async () => {
    const { policy, made, disposals } = judged()
    const { peers, closed } = setup([record(1), record(2)], { health: policy })
    expect(made).to.have.length(1)
    expect(peers.current.map(({ status }) => status)).to.deep.equal(['closed', 'closed'])
    await peers[Symbol.asyncDispose]()
    expect(disposals()).to.equal(1)
    expect(peers.current).to.deep.equal([])
    expect(closed).to.have.length(2)
  })

  it('have none if it is false', () => {
    const { peers } = setup([record(1)], { health: false, warmUp: true })
    expect(peers.current[0]!.status).to.equal('open')
  })

  it('grow to their weight after a recovery if told so', async () => {
    const verdict = { id: record(1).id, policy: 'test', state: 'ejected', reason: '', since: 0 } as const
    for (const slowStart of [true, false]) {
      const { policy, verdicts } = judged()
      const { peers, clock } = setup([record(1), record(2)], { health: policy, slowStart })
      verdicts.set([verdict])
      verdicts.set([])
      const [first] = weights(peers.current)
      expect(first! < 100).to.equal(slowStart)
      await clock.advance(10_000)
      expect(weights(peers.current)).to.deep.equal([100, 100])
      expect(clock.pending).to.equal(0)
    }
  })

  it('are those of the subset, and no line is opened to the others', async () => {
    const all = [1, 2, 3, 4, 5].map((n) => record(n))
    const subset = rendezvousSubset({ size: 2, client: 'web-1' })
    const { peers, opened, records } = setup(all, { subset })
    expect(peers.current).to.have.length(2)
    expect(opened).to.have.length(2)
    records.set(all.slice(0, 1))
    expect(peers.current.map(({ record }) => record.id)).to.deep.equal([all[0]!.id])
    await peers[Symbol.asyncDispose]()
    records.set(all)
    expect(peers.current).to.deep.equal([])
  })

  it('are gone at once when they are disposed, in the midst of a warm-up, and leave no timer', async () => {
    const { policy } = judged()
    const { peers, clock } = setup([record(1, { warmupMs: 10_000 })], { warmUp: true, health: policy })
    const closed = peers[Symbol.asyncDispose]()
    expect(peers.current).to.deep.equal([])
    await closed
    expect(clock.pending).to.equal(0)
  })
})
