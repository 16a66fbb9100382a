import { chain, cluster, failover, gray, type Peer, type PeerAnswer, type Peers, roundRobin } from '@kumquat/cluster'
import { Cell, EVERY_PEER, type Invocation, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call, gate, peer } from './parts.ts'

describe('a call that names its peer', () => {
  const setup = (peers: Peers) => {
    const known = new Cell(peers)
    const invoke = cluster({ peers: known, route: chain(gray()), balance: roundRobin(), strategy: failover() })
    return { known, invoke }
  }
  const failing = (n: number, code: 'unavailable' | 'not_found' = 'unavailable'): Peer => ({
    ...peer(n),
    invoke: () => Promise.reject(new RpcError(code, `from ${n}`, { outcome: 'not-run' })),
  })
  const at = (n: number): Invocation => call({ peer: `10.0.0.1:2000${n}` })
  const failureOf = async (work: Promise<unknown>): Promise<RpcError> => {
    const error: unknown = await work.catch((thrown: unknown) => thrown)
    if (RpcError.is(error)) return error
    throw new Error('expected an RpcError', { cause: error })
  }

  it('goes there, whatever its lane, weight or status', async () => {
    const { invoke } = setup([
      peer(1),
      peer(2, { gray: true }),
      peer(3, { weight: 0 }),
      { ...peer(4), status: 'closed' },
    ])
    for (const n of [1, 2, 3, 4, 4]) expect(await invoke(at(n))).to.deep.equal({ value: `10.0.0.1:2000${n}` })
  })

  it('goes to no other when that one fails', async () => {
    const { invoke } = setup([failing(1), peer(2)])
    expect(await failureOf(invoke(at(1)))).to.include({ code: 'unavailable', message: 'from 1' })
  })

  it('has not run where that one is not there, and says who is', async () => {
    const { invoke, known } = setup([peer(1), peer(2), peer(3), peer(4), peer(5)])
    const error = await failureOf(invoke(at(9)))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal(
      'no provider of movie/catalog is at 10.0.0.1:20009 to be asked for getMovieById (there is: 10.0.0.1:20001, 10.0.0.1:20002, 10.0.0.1:20003, and 2 more); name one of these, or let the call go to any',
    )
    known.set([])
    expect((await failureOf(invoke(at(1)))).message).to.contain('(there is: nobody)')
  })

  it('finds the peers of the moment', async () => {
    const { invoke, known } = setup([peer(1)])
    await failureOf(invoke(at(2)))
    known.set([peer(1), peer(2)])
    expect(await invoke(at(2))).to.deep.equal({ value: '10.0.0.1:20002' })
  })

  it('does not tell the peer that it was named: it may be a cluster', async () => {
    const seen: Invocation[] = []
    const one: Peer = {
      ...peer(1),
      invoke: async (invocation) => {
        seen.push(invocation)
        return { value: 1 }
      },
    }
    const { invoke } = setup([one])
    await invoke(at(1))
    await invoke(call({ peer: EVERY_PEER }))
    expect(seen).to.have.length(2)
    for (const invocation of seen) expect(invocation).not.to.have.property('peer')
  })
})

describe('a call to each peer', () => {
  const everywhere = call({ peer: EVERY_PEER })
  const setup = (...peers: readonly Peer[]) =>
    cluster({ peers: new Cell<Peers>(peers), route: chain(gray()), balance: roundRobin(), strategy: failover() })

  it('is answered by each, its failures among the answers, in the order of the set', async () => {
    const error = new RpcError('not_found', 'no', { outcome: 'ran' })
    const broken: Peer = { ...peer(2), invoke: () => Promise.reject(error) }
    const { value } = await setup(peer(1), broken, peer(3, { weight: 0 }))(everywhere)
    expect(value).to.deep.equal([
      { peer: '10.0.0.1:20001', value: '10.0.0.1:20001' },
      { peer: '10.0.0.1:20002', error },
      { peer: '10.0.0.1:20003', value: '10.0.0.1:20003' },
    ])
  })

  it('goes to those that the routers leave', async () => {
    const invoke = setup(peer(1), peer(2, { gray: true }))
    const stable = (await invoke(everywhere)).value as readonly PeerAnswer[]
    expect(stable.map(({ peer }) => peer)).to.deep.equal(['10.0.0.1:20001'])
    const lane = (await invoke({ ...everywhere, attachments: { lane: 'gray' } })).value as readonly PeerAnswer[]
    expect(lane.map(({ peer }) => peer)).to.deep.equal(['10.0.0.1:20002'])
  })

  it('fails where nobody is to be asked', async () => {
    const error: unknown = await setup(peer(1, { gray: true }))(everywhere).catch((thrown: unknown) => thrown)
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
  })

  it('asks a hundred at a time', async () => {
    const { promise, open } = gate<void>()
    let asked = 0
    const slow = Array.from({ length: 150 }, (_, n): Peer => {
      return {
        ...peer(n),
        invoke: async () => {
          asked++
          return { value: await promise }
        },
      }
    })
    const answers = setup(...slow)(everywhere)
    expect(asked).to.equal(100)
    open()
    expect((await answers).value).to.have.length(150)
  })
})
