import { directory, type LoadMetric, type Peer, type Peers, pending } from '@kumquat/cluster'
import { Cell, type ProviderRecord, type Reply } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, gate, idsOf, record, wire } from './parts.ts'

type Records = readonly ProviderRecord[]

describe('directory', () => {
  it('holds one peer for each advertised provider, in their order', () => {
    const { connect, opened } = wire()
    const peers = directory({ records: new Cell<Records>([record(2), record(1)]), connect })
    expect(idsOf(peers.current)).to.deep.equal([record(2).id, record(1).id])
    expect(opened).to.deep.equal([record(2).id, record(1).id])
  })

  it('tells of a change, and of nothing else', () => {
    const records = new Cell<Records>([record(1), record(2)])
    const peers = directory({ records, connect: wire().connect })
    const told: Peers[] = []
    peers.subscribe((value) => told.push(value))
    records.set([record(1), record(2)])
    records.set([record(2), record(1)])
    expect(told).to.have.length(0)
    records.set([record(1), record(2), record(3)])
    expect(told).to.deep.equal([peers.current])
  })

  it('makes a new peer over the same line when a record changes, and leaves the old snapshot as it was', async () => {
    const records = new Cell<Records>([record(1, { weight: 100 }), record(2)])
    const { connect, opened, closed } = wire()
    const peers = directory({ records, connect })
    const before = peers.current
    records.set([record(1, { weight: 0, gray: true }), record(2)])
    const after = peers.current
    expect(after).to.not.equal(before)
    expect(after[1]).to.equal(before[1])
    expect(before[0]?.record).to.include({ weight: 100, gray: false })
    expect(after[0]?.record).to.include({ weight: 0, gray: true })
    expect([opened.length, closed.length]).to.deep.equal([2, 0])
  })

  it('keeps load and health through a change of the record', async () => {
    const records = new Cell<Records>([record(1)])
    const line = wire()
    const reply = gate<Reply>()
    line.answer = () => reply.promise
    const peers = directory({ records, connect: line.connect })
    const load = (): unknown => peers.current[0]?.load(pending)
    expect(load()).to.equal(0)
    const calling = peers.current[0]!.invoke(call())
    line.status.set(record(1).id, 'busy')
    records.set([record(1, { weight: 5 })])
    expect([load(), peers.current[0]?.status]).to.deep.equal([1, 'busy'])
    reply.open({ value: 'done' })
    expect(await calling).to.deep.equal({ value: 'done' })
    expect(load()).to.equal(0)
  })

  it('counts a failed call as ended, and tells its gauges how each ended', async () => {
    const ends: unknown[] = []
    const load: LoadMetric = () => ({ value: 0, begin: () => (reply, error) => void ends.push(reply ?? error) })
    const line = wire()
    const peers = directory({ records: new Cell<Records>([record(1)]), connect: line.connect })
    peers.current[0]!.load(load)
    const failure = new Error('refused')
    await peers.current[0]!.invoke(call())
    line.answer = () => Promise.reject(failure)
    expect(await peers.current[0]!.invoke(call()).catch((error: unknown) => error)).to.equal(failure)
    expect(ends).to.deep.equal([{ value: record(1).id }, failure])
  })

  it('publishes the smaller set before it disposes the endpoint of the one that left', () => {
    const records = new Cell<Records>([record(1), record(2)])
    const line = wire()
    const peers = directory({ records, connect: line.connect })
    let closedWhenTold: number | undefined
    peers.subscribe(() => {
      closedWhenTold = line.closed.length
    })
    records.set([record(2)])
    expect(closedWhenTold).to.equal(0)
    expect(line.closed).to.deep.equal([record(1).id])
  })

  it('lets a call finish at a peer that has left', async () => {
    const records = new Cell<Records>([record(1)])
    const line = wire()
    const reply = gate<Reply>()
    line.answer = () => reply.promise
    const peers = directory({ records, connect: line.connect })
    const calling = peers.current[0]!.invoke(call())
    records.set([])
    reply.open({ value: 'late' })
    expect(await calling).to.deep.equal({ value: 'late' })
  })

  it('opens a fresh line to one that comes back', () => {
    const records = new Cell<Records>([record(1)])
    const { connect, opened } = wire()
    const peers = directory({ records, connect })
    records.set([])
    records.set([record(1)])
    expect(opened).to.have.length(2)
    expect(peers.current).to.have.length(1)
  })

  it('takes the last of two records of one id', () => {
    const { connect, opened } = wire()
    const records = new Cell<Records>([record(1, { weight: 1 }), record(1, { weight: 2 })])
    const peers = directory({ records, connect })
    expect(peers.current.map((peer) => peer.record.weight)).to.deep.equal([2])
    expect(opened).to.have.length(1)
  })

  it('goes on with the others when a line cannot be opened, and tries again at the next change', () => {
    const line = wire()
    const errors: unknown[] = []
    const refusal = new Error('no such transport')
    let refuses = true
    const records = new Cell<Records>([record(1), record(2)])
    const peers = directory({
      records,
      connect(one) {
        if (refuses && one.port === record(1).port) throw refusal
        return line.connect(one)
      },
      onError: (error) => errors.push(error),
    })
    expect(idsOf(peers.current)).to.deep.equal([record(2).id])
    expect(errors).to.deep.equal([refusal])
    refuses = false
    records.set([record(1), record(2), record(3)])
    expect(peers.current).to.have.length(3)
  })

  it('says what goes wrong while a line is closed', async () => {
    const errors: unknown[] = []
    const records = new Cell<Records>([record(1), record(2)])
    const failures = [new Error('rejected'), new Error('thrown')]
    const { connect } = wire()
    const peers = directory({
      records,
      connect: (one) => ({
        ...connect(one),
        [Symbol.asyncDispose]: () => {
          if (one.port === record(1).port) return Promise.reject(failures[0])
          throw failures[1]
        },
      }),
      onError: (error) => errors.push(error),
    })
    records.set([])
    await peers[Symbol.asyncDispose]()
    expect(errors).to.have.members(failures)
  })

  it('needs nobody to listen to its errors', async () => {
    const { connect } = wire()
    const peers = directory({
      records: new Cell<Records>([record(1)]),
      connect: (one) => ({ ...connect(one), [Symbol.asyncDispose]: () => Promise.reject(new Error('stuck')) }),
    })
    await peers[Symbol.asyncDispose]()
    expect(peers.current).to.have.length(0)
  })

  it('is done with disposing when every line is closed, those of earlier leavers too, and does not come back', async () => {
    const records = new Cell<Records>([record(1), record(2)])
    const { connect, opened } = wire()
    const closings = [gate<void>(), gate<void>()]
    const peers = directory({
      records,
      connect: (one) => ({ ...connect(one), [Symbol.asyncDispose]: () => closings[one.port - 20_001]!.promise }),
    })
    records.set([record(2)])
    let disposed = false
    const disposing = peers[Symbol.asyncDispose]().then(() => {
      disposed = true
    })
    closings[1]!.open()
    await new Promise((resolve) => setImmediate(resolve))
    expect(disposed).to.equal(false)
    closings[0]!.open()
    await disposing
    records.set([record(1), record(2), record(3)])
    expect(peers.current).to.have.length(0)
    expect(opened).to.have.length(2)
    await peers[Symbol.asyncDispose]()
  })

  it('opens nothing if it is disposed by one told of the same change before it', async () => {
    const records = new Cell<Records>([])
    const { connect, opened } = wire()
    records.subscribe(() => void peers[Symbol.asyncDispose]())
    const peers = directory({ records, connect })
    records.set([record(1)])
    expect(opened).to.have.length(0)
  })

  it('reconciles any sequence of sets: peers are the records, survivors stay, each leaver is disposed once', async () => {
    const set = fc.uniqueArray(
      fc.record({ n: fc.integer({ min: 1, max: 6 }), weight: fc.constantFrom(1, 100), gray: fc.boolean() }),
      { selector: ({ n }) => n },
    )
    await fc.assert(
      fc.asyncProperty(fc.array(set, { maxLength: 12 }), async (sets) => {
        const records = new Cell<Records>([])
        const { connect, opened, closed } = wire()
        const peers = directory({ records, connect })
        const expectedOpened: string[] = []
        const expectedClosed: string[] = []
        const byId = (one: Peers): ReadonlyMap<string, Peer> => new Map(one.map((peer) => [peer.record.id, peer]))
        for (const next of sets) {
          const snapshot = peers.current
          const [before, frozen] = [byId(snapshot), JSON.stringify(snapshot.map((peer) => peer.record))]
          const advertised = next.map(({ n, weight, gray }) => record(n, { weight, gray }))
          records.set(advertised)
          const after = byId(peers.current)

          expect([...after.values()].map((peer) => peer.record)).to.have.deep.members(advertised)
          for (const { id } of advertised) if (!before.has(id)) expectedOpened.push(id)
          for (const id of before.keys()) if (!after.has(id)) expectedClosed.push(id)
          expect(opened).to.deep.equal(expectedOpened)
          expect(closed).to.deep.equal(expectedClosed)
          for (const [id, peer] of after) {
            const was = before.get(id)
            const unchanged = was?.record.weight === peer.record.weight && was.record.gray === peer.record.gray
            expect(was === peer).to.equal(unchanged)
          }
          const same = before.size === after.size && [...after].every(([id, peer]) => before.get(id) === peer)
          expect(peers.current === snapshot).to.equal(same)
          expect(JSON.stringify(snapshot.map((peer) => peer.record))).to.equal(frozen)
        }
        await peers[Symbol.asyncDispose]()
        expect([...closed].sort()).to.deep.equal([...opened].sort())
      }),
    )
  })
})
