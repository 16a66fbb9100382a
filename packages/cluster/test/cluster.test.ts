import {
  type Balancer,
  type ClusterOptions,
  chain,
  cluster,
  consistentHash,
  directory,
  failfast,
  failover,
  gray,
  ketama,
  leastLoaded,
  maglev,
  meanResponse,
  type Peer,
  type Peers,
  p2c,
  peakEwma,
  pending,
  type Router,
  random,
  rendezvous,
  roundRobin,
  type SomePeers,
  shortestResponse,
  version,
  weightedRoundRobin,
} from '@kumquat/cluster'
import {
  Cell,
  type Connect,
  GRAY_LANE,
  type Invoker,
  LANE,
  type ProviderRecord,
  type Rng,
  RpcError,
  seededRng,
} from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import { call, forgotten, idsOf, peer, record, wire } from './parts.ts'

const balancers: Readonly<Record<string, (rng: Rng) => Balancer>> = {
  roundRobin: (rng) => roundRobin({ rng }),
  weightedRoundRobin: (rng) => weightedRoundRobin({ rng }),
  random: (rng) => random({ rng }),
  leastLoaded: (rng) => leastLoaded({ rng }),
  p2c: (rng) => p2c({ load: peakEwma({ clock: handClock() }), rng }),
  p2cOverPending: (rng) => p2c({ load: pending, rng }),
  shortestResponse: (rng) => shortestResponse({ load: meanResponse({ clock: handClock() }), rng }),
  consistentHash: () => consistentHash(),
  consistentHashBounded: () => consistentHash({ bound: true }),
  ketama: () => ketama(),
  rendezvous: () => rendezvous({ slots: 1_024 }),
  maglev: () => maglev({ size: 1_009 }),
}

/** A cluster over endpoints in memory, and who answered `times` calls, each with a key of its own. */
function setup(records: readonly ProviderRecord[], options: Partial<ClusterOptions> = {}) {
  const line = wire()
  const known = new Cell(records)
  const peers = directory({ records: known, connect: line.connect })
  const invoke = cluster({
    peers,
    route: chain(),
    balance: roundRobin({ rng: seededRng(1) }),
    strategy: failfast(),
    ...options,
  })
  const answered = async (times: number): Promise<Readonly<Record<string, number>>> => {
    const seen: Record<string, number> = {}
    for (let i = 0; i < times; i++) {
      const { value } = await invoke(call({ args: [`key ${i}`] }))
      seen[String(value)] = (seen[String(value)] ?? 0) + 1
    }
    return seen
  }
  return { line, known, peers, invoke, answered }
}

const failureOf = async (invoke: Invoker, invocation = call()): Promise<RpcError> => {
  const error: unknown = await invoke(invocation).catch((thrown: unknown) => thrown)
  if (RpcError.is(error)) return error
  throw new Error('expected an RpcError', { cause: error })
}

for (const [name, make] of Object.entries(balancers)) {
  describe(`cluster over ${name}`, () => {
    const ids = [record(1), record(2), record(3), record(4)].map(({ id }) => id)
    const four = [record(1), record(2), record(3), record(4)]

    it('avoids closed peers while another is left, and divides their calls among all others', async () => {
      const { line, answered } = setup(four, { balance: make(seededRng(1)) })
      line.status.set(ids[1]!, 'closed')
      const seen = await answered(600)
      expect(Object.keys(seen)).to.have.members([ids[0], ids[2], ids[3]])
      for (const share of Object.values(seen)) expect(share).to.be.within(120, 280)
    })

    it('prefers an open peer to a busy one, and a busy one to a closed one', async () => {
      const { line, answered } = setup(four, { balance: make(seededRng(2)) })
      for (const id of ids) line.status.set(id, 'closed')
      line.status.set(ids[2]!, 'busy')
      expect(await answered(20)).to.deep.equal({ [ids[2]!]: 20 })
      line.status.set(ids[3]!, 'open')
      expect(await answered(20)).to.deep.equal({ [ids[3]!]: 20 })
    })

    it('calls closed peers rather than nobody', async () => {
      const { line, answered } = setup(four, { balance: make(seededRng(3)) })
      for (const id of ids) line.status.set(id, 'closed')
      expect(Object.keys(await answered(400))).to.have.members(ids)
    })

    it('comes back to a peer that is open again', async () => {
      const { line, answered } = setup(four, { balance: make(seededRng(4)) })
      line.status.set(ids[0]!, 'closed')
      await answered(20)
      line.status.delete(ids[0]!)
      expect(await answered(200)).to.include.keys(ids[0]!)
    })

    it('gives a peer of weight 0 no call while another candidate has weight, open or not', async () => {
      const { line, answered } = setup([record(1, { weight: 0 }), record(2), record(3)], {
        balance: make(seededRng(5)),
      })
      expect(await answered(200)).to.have.keys(ids[1]!, ids[2]!)
      line.status.set(ids[1]!, 'closed').set(ids[2]!, 'closed')
      expect(await answered(200)).to.have.keys(ids[1]!, ids[2]!)
    })

    it('calls peers of weight 0 rather than nobody', async () => {
      const { answered } = setup([record(1, { weight: 0 }), record(2, { weight: 0 })], { balance: make(seededRng(6)) })
      expect(await answered(200)).to.have.keys(ids[0]!, ids[1]!)
    })

    it('tries another peer after a failure, every one before none', async () => {
      const { line, invoke } = setup(four, {
        balance: make(seededRng(7)),
        strategy: failover({ retries: 4, backoff: () => 0 }),
      })
      for (let i = 0; i < 20; i++) {
        const asked: string[] = []
        line.answer = async (id) => {
          asked.push(id)
          throw new RpcError('unavailable', 'refused', { outcome: 'not-run' })
        }
        await failureOf(invoke, call({ args: [`key ${i}`] }))
        expect(asked).to.have.members(ids)
      }
    })

    it('tries a closed peer rather than one that has failed in this call', async () => {
      const { line, invoke } = setup(four.slice(0, 2), { balance: make(seededRng(9)), strategy: failover() })
      line.status.set(ids[0]!, 'closed')
      line.answer = async (id) => {
        if (id === ids[1]) throw new RpcError('unavailable', 'refused', { outcome: 'not-run' })
        return { value: id }
      }
      for (let i = 0; i < 10; i++) expect(await invoke(call({ args: [`key ${i}`] }))).to.deep.equal({ value: ids[0] })
    })

    it('works over a router that makes a fresh array for every call', async () => {
      const fresh: Router = (peers) => [...peers]
      const { line, answered } = setup(four, { balance: make(seededRng(8)), route: fresh })
      line.status.set(ids[3]!, 'closed')
      const seen = await answered(600)
      expect(Object.keys(seen)).to.have.members(ids.slice(0, 3))
      for (const share of Object.values(seen)) expect(share).to.be.within(120, 280)
    })
  })
}

describe('cluster', () => {
  it('shows the balancer the very same array while the same peers are out', async () => {
    const shown = new Set<SomePeers>()
    const first: Balancer = (peers) => {
      shown.add(peers)
      return peers[0]
    }
    const { line, invoke } = setup([record(1), record(2), record(3)], { balance: first })
    line.status.set(record(1).id, 'closed')
    for (let i = 0; i < 10; i++) await invoke(call())
    expect([...shown].map((peers) => idsOf(peers))).to.deep.equal([
      [record(1).id, record(2).id, record(3).id],
      [record(2).id, record(3).id],
    ])
    line.status.set(record(2).id, 'closed')
    await invoke(call())
    line.status.delete(record(2).id)
    await invoke(call())
    expect(shown.size).to.equal(3)
  })

  it('remembers a bounded number of parts of a set, and forgets the set with its parts', async () => {
    const kept: WeakRef<SomePeers>[] = []
    const worst: Balancer = (peers) => {
      kept.push(new WeakRef(peers))
      return peers.find(({ status }) => status === 'closed') ?? peers[0]
    }
    const many = Array.from({ length: 40 }, (_, n) => record(n))
    const { line, known, invoke } = setup(many, { balance: worst })
    line.status.set(many[0]!.id, 'closed')
    for (const { id } of many.slice(1)) {
      line.status.set(id, 'closed')
      await invoke(call())
      line.status.delete(id)
    }
    await forgotten(kept[1]!)
    known.set([record(99)])
    await invoke(call())
    await forgotten(...kept.slice(0, -1))
  })

  it('follows a changed set', async () => {
    const { known, answered } = setup([record(1)])
    expect(await answered(2)).to.deep.equal({ [record(1).id]: 2 })
    known.set([record(2)])
    expect(await answered(2)).to.deep.equal({ [record(2).id]: 2 })
  })

  it('is itself an invoker, so that a cluster may stand in for a peer', async () => {
    const near = setup([record(1), record(2)])
    const far = setup([record(3)])
    const [first, second] = [near, far].map(({ invoke }, n): Peer => ({ ...peer(90 + n), invoke }))
    const world = cluster({
      peers: new Cell<Peers>([first!, second!]),
      route: chain(),
      balance: roundRobin({ rng: () => 0 }),
      strategy: failover(),
    })
    const values: unknown[] = []
    for (let i = 0; i < 4; i++) values.push((await world(call())).value)
    expect(values.filter((value) => value === record(3).id)).to.have.length(2)
    expect(new Set(values).size).to.equal(3)
    far.known.set([])
    for (let i = 0; i < 4; i++) expect((await world(call())).value).to.be.oneOf([record(1).id, record(2).id])
  })

  it('obeys a breaker that wraps connect', async () => {
    const line = wire()
    const failures = new Map<string, number>()
    const breaker =
      (next: Connect): Connect =>
      (one) => {
        const endpoint = next(one)
        return {
          get status() {
            return (failures.get(one.id) ?? 0) < 3 ? endpoint.status : 'closed'
          },
          invoke: (invocation) =>
            endpoint.invoke(invocation).catch((error: unknown) => {
              failures.set(one.id, (failures.get(one.id) ?? 0) + 1)
              throw error
            }),
          [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
        }
      }
    const peers = directory({ records: new Cell([record(1), record(2)]), connect: breaker(line.connect) })
    const invoke = cluster({ peers, route: chain(), balance: roundRobin(), strategy: failover() })
    let refused = 0
    line.answer = async (id) => {
      if (id === record(2).id) return { value: id }
      refused++
      throw new RpcError('unavailable', 'refused', { outcome: 'not-run' })
    }
    for (let i = 0; i < 50; i++) expect((await invoke(call())).value).to.equal(record(2).id)
    expect(refused).to.equal(3)
  })
})

describe('a call that nobody may serve', () => {
  const lanes = chain(gray({ fallback: 'fail' }), version({ version: 'V2' }))

  it('fails as unavailable and not run, naming the service and the next step, if nobody is registered', async () => {
    for (const strategy of [failfast(), failover()]) {
      const error = await failureOf(setup([], { strategy }).invoke)
      expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(error.message).to.equal(
        'no provider of movie/catalog is registered: start one, or check that it registers this app and group in the same registry',
      )
    }
  })

  it('says how many each router left', async () => {
    const { invoke } = setup([record(1, { version: 'V1' }), record(2, { version: 'V2', gray: true }), record(3)], {
      route: lanes,
    })
    const error = await failureOf(invoke)
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal(
      'no provider of movie/catalog may serve getMovieById: 3 known, 2 in lane stable, none of version "V2"; start a provider that fits, or change what the call asks for',
    )
  })

  it('stops counting where nobody was left', async () => {
    const { invoke } = setup([record(1, { version: 'V2' })], { route: lanes })
    const error = await failureOf(invoke, call({ attachments: { [LANE]: GRAY_LANE } }))
    expect(error.message).to.include('1 known, none in lane gray;')
  })

  it('has words for a router that says nothing of itself', async () => {
    const { invoke } = setup([record(1)], { route: () => [] })
    expect((await failureOf(invoke)).message).to.include('1 known, none after a router;')
  })
})
