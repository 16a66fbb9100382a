import {
  BALANCERS,
  byZone,
  chain,
  cluster,
  directory,
  failfast,
  failover,
  gray,
  type Peers,
  pending,
  roundRobin,
  type Strategy,
  weightedRoundRobin,
} from '@kumquat/cluster'
import { Cell, type Invoker, type Live, type ProviderRecord, RpcError, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import { call, gate, idsOf, record, wire } from '../parts.ts'

const refused = (): RpcError => new RpcError('unavailable', 'refused', { outcome: 'not-run' })

const flat = (peers: Live<Peers>): Invoker =>
  cluster({ peers, route: chain(), balance: roundRobin({ rng: () => 0 }), strategy: failfast() })

const inZone = (zone: string, ...hosts: readonly number[]): readonly ProviderRecord[] =>
  hosts.map((n) => record(n, { zone }))

function setup(records: readonly ProviderRecord[], within = flat) {
  const line = wire()
  const known = new Cell(records)
  const hosts = directory({ records: known, connect: line.connect })
  return { line, known, hosts, zones: byZone(hosts, { within }) }
}

/** Fails over without a pause. */
const atOnce = (): Strategy => failover({ backoff: () => 0 })

const weights = (peers: Peers): Readonly<Record<string, number>> =>
  Object.fromEntries(peers.map(({ record }) => [record.id, record.weight]))

describe('byZone', () => {
  it('makes a peer of each zone, as heavy as its hosts together', () => {
    const { zones } = setup([...inZone('eu', 1, 2), ...inZone('us', 3), record(4)])
    expect(weights(zones.current)).to.deep.equal({ 'eu/*': 200, 'us/*': 100, '/*': 100 })
  })

  it('divides by any other fact, too', () => {
    const hosts = new Cell<Peers>(setup([record(1, { tags: { rack: 'a' } }), record(2)]).hosts.current)
    const racks = byZone(hosts, { zone: ({ tags: { rack = 'none' } }) => rack, within: flat })
    expect(idsOf(racks.current)).to.deep.equal(['a/*', 'none/*'])
  })

  it('scales weights down together where a sum is more than a peer may have', () => {
    const heavy = (zone: string, n: number): ProviderRecord => record(n, { zone, weight: 10_000 })
    const { zones, known } = setup([heavy('eu', 1), heavy('eu', 2), record(3, { zone: 'us', weight: 500 })])
    expect(weights(zones.current)).to.deep.equal({ 'eu/*': 10_000, 'us/*': 250 })
    known.set([heavy('eu', 1), record(3, { zone: 'us', weight: 500 })])
    expect(weights(zones.current)).to.deep.equal({ 'eu/*': 10_000, 'us/*': 500 })
  })

  it('gives each zone calls by its weight, and each of its hosts its share of them', async () => {
    const { zones } = setup([...inZone('eu', 1, 2), ...inZone('us', 3)])
    const invoke = cluster({ peers: zones, route: chain(), balance: weightedRoundRobin(), strategy: failfast() })
    const seen: Record<string, number> = {}
    for (let i = 0; i < 30; i++) {
      const { value } = await invoke(call())
      seen[String(value)] = (seen[String(value)] ?? 0) + 1
    }
    expect(seen).to.deep.equal({ [record(1).id]: 10, [record(2).id]: 10, [record(3).id]: 10 })
  })

  it('makes a new set only when a zone, its weight, or what its hosts share has changed', () => {
    const { zones, known } = setup([...inZone('eu', 1, 2), ...inZone('us', 3)])
    const told: Peers[] = []
    zones.subscribe((peers) => told.push(peers))
    const [eu, us] = zones.current
    known.set([...inZone('eu', 1, 4), ...inZone('us', 3)])
    expect(told).to.deep.equal([])
    known.set([...inZone('eu', 1, 4, 5), ...inZone('us', 3)])
    expect(told).to.have.length(1)
    expect(zones.current[0]).not.to.equal(eu)
    expect(zones.current[1]).to.equal(us)
  })

  it('calls hosts that joined a zone, and none that left it', async () => {
    const { zones, known } = setup(inZone('eu', 1, 2))
    known.set(inZone('eu', 2, 3))
    const [eu] = zones.current
    const answers = [await eu!.invoke(call()), await eu!.invoke(call())].map(({ value }) => value)
    expect(answers).to.have.members([record(2).id, record(3).id])
  })

  it('keeps the loads of a zone through changes of its hosts', async () => {
    const { zones, known, line } = setup(inZone('eu', 1))
    const slow = gate<{ value: string }>()
    line.answer = () => slow.promise
    expect(zones.current[0]!.load(pending)).to.equal(0)
    const inFlight = zones.current[0]!.invoke(call())
    known.set(inZone('eu', 1, 2))
    expect(weights(zones.current)).to.deep.equal({ 'eu/*': 200 })
    expect(zones.current[0]!.load(pending)).to.equal(1)
    slow.open({ value: '' })
    await inFlight
    expect(zones.current[0]!.load(pending)).to.equal(0)
  })

  it('drops a zone with its last host, and begins anew when one comes back', async () => {
    const made: string[] = []
    const seen = new Map<string, Live<Peers>>()
    const { zones, known } = setup([...inZone('eu', 1), ...inZone('us', 2)], (peers, zone?: string) => {
      made.push(String(zone))
      seen.set(String(zone), peers)
      return flat(peers)
    })
    known.set(inZone('us', 2))
    expect(idsOf(zones.current)).to.deep.equal(['us/*'])
    expect(seen.get('eu')!.current).to.deep.equal([])
    known.set([...inZone('eu', 1), ...inZone('us', 2)])
    expect(idsOf(zones.current)).to.have.members(['eu/*', 'us/*'])
    expect(made).to.deep.equal(['eu', 'us', 'eu'])
    expect(await zones.current.find(({ record }) => record.host === 'eu')!.invoke(call())).to.deep.equal({
      value: record(1).id,
    })
  })

  it('has drained a zone of which no host has weight', async () => {
    const { zones } = setup([record(1, { zone: 'eu', weight: 0 }), ...inZone('us', 2)])
    expect(weights(zones.current)).to.deep.equal({ 'eu/*': 0, 'us/*': 100 })
    const invoke = cluster({ peers: zones, route: chain(), balance: roundRobin(), strategy: failfast() })
    for (let i = 0; i < 10; i++) expect(await invoke(call())).to.deep.equal({ value: record(2).id })
  })

  it('leaves no group, and lets go of the hosts, when it is disposed', async () => {
    const { zones, known, hosts, line } = setup(inZone('eu', 1))
    await zones[Symbol.asyncDispose]()
    expect(zones.current).to.deep.equal([])
    known.set(inZone('eu', 1, 2))
    expect(zones.current).to.deep.equal([])
    expect(hosts.current).to.have.length(2)
    expect(line.closed).to.deep.equal([])
  })

  it('throws what within() throws', () => {
    const within = () => {
      throw new RangeError('retries must be an integer')
    }
    expect(() => setup(inZone('eu', 1), within)).to.throw(RangeError, 'retries must be an integer')
  })
})

for (const [name, make] of Object.entries(BALANCERS)) {
  describe(`a cluster of zones over ${name}`, () => {
    const balance = make()
    const records = [...inZone('eu', 1, 2), ...inZone('us', 3, 4), ...inZone('asia', 5, 6)]
    const zoneOf = new Map(records.map(({ id, zone }) => [id, zone]))
    const nested = (within: (peers: Live<Peers>) => Invoker) => {
      const made = setup(records, within)
      return { ...made, invoke: cluster({ peers: made.zones, route: chain(), balance, strategy: atOnce() }) }
    }

    /** Who answers so many calls at once. */
    const answering = async (invoke: Invoker, times: number): Promise<ReadonlySet<unknown>> => {
      const replies = await Promise.all(Array.from({ length: times }, (_, i) => invoke(call({ args: [i] }))))
      return new Set(replies.map(({ value }) => value))
    }

    it('reaches every host', async () => {
      const { invoke } = nested((peers) => cluster({ peers, route: chain(), balance, strategy: failfast() }))
      expect([...(await answering(invoke, 300))]).to.have.members(records.map(({ id }) => id))
    })

    it('tries another zone when all hosts of one refuse', async () => {
      const { invoke, line } = nested((peers) => cluster({ peers, route: chain(), balance, strategy: atOnce() }))
      line.answer = async (id) => {
        if (zoneOf.get(id) !== 'us') throw refused()
        return { value: id }
      }
      for (let i = 0; i < 30; i++) expect(zoneOf.get(String((await invoke(call({ args: [i] }))).value))).to.equal('us')
    })

    it('tries no host and no zone twice', async () => {
      const { invoke, line } = nested((peers) => cluster({ peers, route: chain(), balance, strategy: atOnce() }))
      const asked: string[] = []
      line.answer = async (id) => {
        asked.push(id)
        throw refused()
      }
      for (let i = 0; i < 10; i++) {
        asked.length = 0
        expect(await invoke(call({ args: [i] })).catch((error: unknown) => error)).to.include({ code: 'unavailable' })
        // Both hosts of the first zone; what comes to the others is a retry already, and is not retried there.
        expect(asked).to.have.length(4)
        expect(new Set(asked).size).to.equal(4)
        expect(new Set(asked.map((id) => zoneOf.get(id))).size).to.equal(3)
      }
    })

    it('passes over a zone whose hosts are all closed', async () => {
      const { invoke, line } = nested((peers) => cluster({ peers, route: chain(), balance, strategy: failfast() }))
      for (const { id } of inZone('eu', 1, 2)) line.status.set(id, 'closed')
      line.status.set(record(3).id, 'closed')
      expect([...(await answering(invoke, 300))]).to.have.members([4, 5, 6].map((n) => record(n).id))
    })
  })
}

describe('zones of racks of hosts', () => {
  const host = (n: number, zone: string, rack: string, more = {}): ProviderRecord =>
    record(n, { zone, tags: { rack }, ...more })
  const records = [host(1, 'eu', 'a'), host(2, 'eu', 'b'), host(3, 'eu', 'b'), host(4, 'us', 'a')]

  function setupRacks(all = records) {
    const rng = seededRng(7)
    const line = wire()
    const known = new Cell(all)
    const hosts = directory({ records: known, connect: line.connect })
    const choose = (peers: Live<Peers>): Invoker =>
      cluster({ peers, route: gray(), balance: weightedRoundRobin({ rng }), strategy: atOnce() })
    const rackOf = ({ tags: { rack = '' } }: ProviderRecord): string => rack
    const racks = (peers: Live<Peers>): Invoker => choose(byZone(peers, { zone: rackOf, within: choose }))
    return { line, known, invoke: choose(byZone(hosts, { within: racks })) }
  }

  const tally = async (invoke: Invoker, times: number, known = {}) => {
    const seen: Record<string, number> = {}
    for (let i = 0; i < times; i++) {
      const { value } = await invoke(call(known))
      seen[String(value)] = (seen[String(value)] ?? 0) + 1
    }
    return seen
  }

  it('give every host its share', async () => {
    const { invoke } = setupRacks()
    const ids = records.map(({ id }) => id)
    expect(await tally(invoke, 40)).to.deep.equal(Object.fromEntries(ids.map((id) => [id, 10])))
  })

  it('follow a host that moves', async () => {
    const { invoke, known } = setupRacks()
    known.set([host(1, 'eu', 'a'), host(2, 'eu', 'b'), host(3, 'us', 'a'), host(4, 'us', 'a')])
    expect(await tally(invoke, 40)).to.deep.equal(Object.fromEntries([1, 2, 3, 4].map((n) => [record(n).id, 10])))
  })

  it('outlive a rack and a zone', async () => {
    const { invoke, line } = setupRacks()
    line.answer = async (id) => {
      if (id !== record(4).id) throw refused()
      return { value: id }
    }
    expect(await tally(invoke, 20)).to.deep.equal({ [record(4).id]: 20 })
  })

  it('keep lanes apart within every group', async () => {
    const { invoke } = setupRacks([host(1, 'eu', 'a', { gray: true }), host(2, 'eu', 'a'), host(3, 'us', 'a')])
    expect(await tally(invoke, 20)).to.have.all.keys(record(2).id, record(3).id)
  })
})
