import type { Balancer, Peer, SomePeers } from '@kumquat/cluster'
import { type Status, seededRng } from '@kumquat/core'
import { expect } from 'chai'
import fc from 'fast-check'
import { preference } from '../src/preference.ts'
import { call, idsOf, peer } from './parts.ts'

/** Peers whose status can be set, and that count how often it is asked for. */
function row(size: number) {
  const status = new Array<Status>(size).fill('open')
  let looks = 0
  const peers = Array.from({ length: size }, (_, n): Peer => {
    const own = peer(n)
    return {
      ...own,
      get status() {
        looks++
        return status[n]!
      },
    }
  }) as unknown as SomePeers
  return { peers, status, looks: () => looks }
}

/** Asks for one place of the whole set, then for any place of its parts; and what it was shown. */
function asking(wanted: () => number) {
  const shown: SomePeers[] = []
  const balance: Balancer = (peers) => {
    shown.push(peers)
    return peers[wanted() % peers.length]!
  }
  return { shown, prefer: preference(balance) }
}

const ids = (...places: readonly number[]): ReadonlySet<string> => new Set(places.map((n) => peer(n).record.id))

describe('preference', () => {
  it('asks once about the whole set if the answer is open and not tried', () => {
    const { peers } = row(3)
    const { prefer, shown } = asking(() => 1)
    expect(prefer(peers, call(), ids(0, 2))).to.equal(peers[1])
    expect(shown).to.deep.equal([peers])
  })

  const worth = (status: Status, isTried: boolean): number =>
    ({ open: 2, busy: 1, closed: 0 })[status] + (isTried ? 0 : 3)

  it('picks one of the best, at any time and in any order of events', () => {
    const event = fc.record({
      place: fc.nat(9),
      status: fc.constantFrom<Status>('open', 'busy', 'closed'),
      tried: fc.uniqueArray(fc.nat(9), { maxLength: 10 }),
    })
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 10 }),
        fc.array(event, { maxLength: 40 }),
        fc.integer(),
        (size, events, seed) => {
          const { peers, status } = row(size)
          const rng = seededRng(seed)
          const { prefer } = asking(() => Math.floor(rng() * size))
          for (const { place, status: next, tried } of events) {
            status[place % size] = next
            const past = ids(...tried)
            const worths = peers.map(({ record }, n) => worth(status[n]!, past.has(record.id)))
            const picked = prefer(peers, call(), past)
            expect(worths[peers.indexOf(picked)]).to.equal(Math.max(...worths))
          }
        },
      ),
    )
  })

  it('takes any untried peer, even a closed one, before a tried one that is open', () => {
    const { peers, status } = row(3)
    const { prefer } = asking(() => 0)
    status[2] = 'closed'
    expect(prefer(peers, call(), ids(0, 1))).to.equal(peers[2])
    status[1] = 'busy'
    expect(prefer(peers, call(), ids(0))).to.equal(peers[1])
  })

  it('keeps the answer if all are equally bad', () => {
    const { peers, status } = row(3)
    const { prefer, shown } = asking(() => 1)
    status.fill('closed')
    expect(prefer(peers, call())).to.equal(peers[1])
    expect(shown).to.deep.equal([peers])
  })

  it('shows the very same array for the same part, whatever came between', () => {
    const { peers, status } = row(20)
    const { prefer, shown } = asking(() => 0)
    const partWithout = (place: number): SomePeers => {
      shown.length = 0
      expect(prefer(peers, call(), ids(0, place))).to.be.oneOf([peers[1], peers[2]])
      return shown.at(-1)!
    }
    status[0] = 'closed'
    const parts = Array.from({ length: 8 }, () => partWithout(1))
    expect(new Set(parts).size).to.equal(1)
    expect(idsOf(parts[0]!)).to.deep.equal(idsOf(peers.slice(2)))
    status[1] = 'closed'
    prefer(peers, call())
    status[1] = 'open'
    expect(partWithout(1)).to.equal(parts[0])
  })

  it('remembers sixteen parts, and forgets the one that was not used for longest', () => {
    const { peers } = row(40)
    const shown: SomePeers[] = []
    let favourite = peers[0]
    const prefer = preference((set) => {
      shown.push(set)
      return set.includes(favourite) ? favourite : set[0]
    })
    /** The part that is left to a call which has tried one peer. */
    const without = (place: number): SomePeers => {
      favourite = peers[place]!
      prefer(peers, call(), ids(place))
      return shown.at(-1)!
    }
    const parts = Array.from({ length: 16 }, (_, place) => without(place))
    expect(parts.map((part) => part.length)).to.deep.equal(new Array(16).fill(39))
    expect(without(0)).to.equal(parts[0])
    without(16)
    expect(without(0)).to.equal(parts[0])
    expect(without(2)).to.equal(parts[2])
    expect(without(1)).to.not.equal(parts[1])
    expect(without(1)).to.deep.equal(parts[1])
  })

  it('looks at few peers a pick, though a third of a thousand are out', () => {
    const { peers, status, looks } = row(1_000)
    const rng = seededRng(1)
    const { prefer } = asking(() => Math.floor(rng() * 1_000))
    for (let n = 0; n < 1_000; n += 3) status[n] = 'closed'
    const before = looks()
    for (let i = 0; i < 10_000; i++) expect(prefer(peers, call()).status).to.equal('open')
    // One look at the first answer, one here, and a third of the time one more at the second.
    expect((looks() - before) / 10_000).to.be.below(4)
  })

  it('looks at every peer as soon as one of the part is no better than those left out', () => {
    const { peers, status } = row(5)
    const { prefer, shown } = asking(() => 0)
    status[0] = 'closed'
    expect(prefer(peers, call())).to.equal(peers[1])
    status[1] = 'busy'
    shown.length = 0
    expect(prefer(peers, call())).to.equal(peers[2])
    expect(shown.map((set) => set.length)).to.deep.equal([5, 4, 3])
  })

  it('does without those who are back in what it remembers for as many picks as there are peers', () => {
    const { peers, status } = row(4)
    const { prefer } = asking(() => 0)
    status[0] = 'closed'
    status[1] = 'closed'
    expect(prefer(peers, call())).to.equal(peers[2])
    status[1] = 'open'
    const picked = Array.from({ length: 6 }, () => peers.indexOf(prefer(peers, call())))
    expect(picked).to.deep.equal([2, 2, 2, 2, 1, 1])
  })

  it('remembers nothing of a time when nobody was open', () => {
    const { peers, status } = row(3)
    const { prefer } = asking(() => 0)
    status.fill('closed')
    status[2] = 'busy'
    expect(prefer(peers, call())).to.equal(peers[2])
    status[1] = 'open'
    expect(prefer(peers, call())).to.equal(peers[1])
  })
})
