import {
  type Balancer,
  consistentHash,
  directory,
  ketama,
  type Peer,
  type Peers,
  type SomePeers,
} from '@kumquat/cluster'
import { Cell, type Reply } from '@kumquat/core'
import { expect } from 'chai'
import { balancerContract, weightedContract } from '../balancers/contract.ts'
import { hashingContract } from '../balancers/hashing.ts'
import { call, type gate as Gate, gate, peer, record, wire } from '../parts.ts'

const bounded: Readonly<Record<string, { readonly make: (options?: object) => Balancer; readonly places: string }>> = {
  consistentHash: {
    make: (options) => consistentHash({ bound: true, ...options }),
    places: '3304233332203012312204242030303122033024',
  },
  ketama: {
    make: (options) => ketama({ bound: true, ...options }),
    places: '2112301321132122233230110331243303333043',
  },
}

/** Peers whose calls stay in flight until let go. */
function held(weights: readonly number[]) {
  const line = wire()
  const records = new Cell(weights.map((weight, n) => record(n, { weight })))
  const peers = directory({ records, connect: line.connect })
  const flights: { readonly id: string; readonly gate: ReturnType<typeof Gate<Reply>> }[] = []
  line.answer = (id) => {
    const flight = { id, gate: gate<Reply>() }
    flights.push(flight)
    return flight.gate.promise
  }
  const send = (balance: Balancer, key: unknown): Peer => {
    const invocation = call({ args: [key] })
    const peer = balance(peers.current as SomePeers, invocation)
    void peer.invoke(invocation)
    return peer
  }
  const inFlight = (): readonly number[] =>
    peers.current.map(({ record: { id } }) => flights.filter((flight) => flight.id === id).length)
  const land = async (id?: string): Promise<void> => {
    for (const flight of flights.filter((one) => id === undefined || one.id === id)) {
      flights.splice(flights.indexOf(flight), 1)
      flight.gate.open({ value: 0 })
    }
    await new Promise<void>((resolve) => setImmediate(resolve))
  }
  return { peers: () => peers.current as Peers, records, send, inFlight, land }
}

for (const [name, { make, places }] of Object.entries(bounded)) {
  balancerContract(`${name} with bounded load`, (rng) => make({ rng }))
  weightedContract(`${name} with bounded load`, () => make())
  hashingContract(`${name} with bounded load`, { make, strays: 0, places })

  describe(`${name} with bounded load`, () => {
    it('puts keys where it does without, while nobody is busy', () => {
      const { peers, send } = held([100, 100, 100, 100])
      const plain = make({ bound: false })
      const idle = make({ bound: 1 })
      for (let i = 0; i < 200; i++) {
        const invocation = call({ args: [i] })
        expect(idle(peers() as SomePeers, invocation)).to.equal(plain(peers() as SomePeers, invocation))
      }
      expect(send(idle, 1)).to.equal(plain(peers() as SomePeers, call({ args: [1] })))
    })

    it('lets no peer have more than 1.25 times its share of all calls in flight, rounded up', () => {
      const { send, inFlight } = held([100, 100, 100, 100])
      const balance = make()
      for (let sent = 1; sent <= 100; sent++) {
        send(balance, 'the one hot key')
        expect(Math.max(...inFlight())).to.be.at.most(Math.ceil((1.25 * sent) / 4))
      }
      // The first on the ring has as much as it may; what it may not take the second has, and so on.
      expect(inFlight().toSorted((a, b) => b - a)).to.deep.equal([32, 31, 31, 6])
    })

    it('gives more to who weighs more', () => {
      const { send, inFlight } = held([100, 300])
      const balance = make()
      for (let sent = 0; sent < 400; sent++) send(balance, sent % 2 === 0 ? 'a' : 'b')
      const [light, heavy] = inFlight()
      expect(light! + heavy!).to.equal(400)
      expect(light!).to.be.at.most(127)
      expect(heavy!).to.be.at.most(378)
    })

    it('keeps to another bound', () => {
      for (const [bound, most] of [
        [1, 25],
        [2, 50],
        [1e9, 100],
      ] as const) {
        const { send, inFlight } = held([1, 1, 1, 1])
        const balance = make({ bound })
        for (let sent = 0; sent < 100; sent++) send(balance, 'hot')
        expect(Math.max(...inFlight())).to.equal(most)
      }
    })

    it('walks on to the same next peer, whoever asks, and comes back when the first is free', async () => {
      const { peers, send, land } = held([1, 1, 1, 1])
      const balance = make({ bound: 1 })
      const first = send(balance, 'hot')
      const second = send(balance, 'hot')
      const third = send(balance, 'hot')
      const fourth = send(balance, 'hot')
      expect(new Set([first, second, third, fourth]).size).to.equal(4)
      await land()
      expect([1, 2, 3, 4].map(() => send(balance, 'hot'))).to.deep.equal([first, second, third, fourth])
      await land(first.record.id)
      expect(send(balance, 'hot')).to.equal(first)
      expect(peers()).to.have.length(4)
    })

    it('counts on over a change of the set, and forgets calls that ended', async () => {
      const { records, send, inFlight, land } = held([1, 1, 1, 1])
      const balance = make()
      for (let i = 0; i < 80; i++) send(balance, 'hot')
      records.set([...records.current, record(9, { weight: 1 })])
      for (let i = 0; i < 20; i++) send(balance, 'hot')
      expect(Math.max(...inFlight())).to.be.at.most(26)
      await land()
      const again = send(balance, 'hot')
      expect(send(balance, 'hot')).to.not.equal(again)
    })

    it('keeps to the peer of the key if all say that they are busy', () => {
      const busy = [1, 2, 3, 4].map((n) => peer(n, {}, 1e9)) as unknown as SomePeers
      for (let i = 0; i < 50; i++) {
        const invocation = call({ args: [i] })
        expect(make()(busy, invocation)).to.equal(make({ bound: false })(busy, invocation))
      }
    })

    it('refuses a bound below 1, with the number', () => {
      for (const bound of [0.99, 0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(() => make({ bound })).to.throw(
          RangeError,
          `bound must be true for 1.25, false for none, or a number from 1, got ${bound}`,
        )
      }
    })
  })
}
