import { type Peer, type Peers, type ZoneOptions, zone } from '@kumquat/cluster'
import { type Rng, type Status, seededRng } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, idsOf, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

const still = { clock: handClock(), rng: () => 0 }
for (const local of ['a', 'b', 'nowhere']) {
  routerContract(`zone ${local}`, () => zone({ local, ...still }), [call()])
}

/** A row of peers, zone by zone: `{ a: 2, b: 1 }` are three. */
function row(counts: Readonly<Record<string, number>>, weight = 100) {
  const status = new Map<string, Status>()
  const peers = Object.entries(counts).flatMap(([name, count], place) =>
    Array.from({ length: count }, (_, n): Peer => {
      const one = peer(place * 100 + n, { zone: name, weight })
      return {
        ...one,
        get status() {
          return status.get(one.record.id) ?? 'open'
        },
      }
    }),
  )
  const of = (name: string): Peers => peers.filter(({ record }) => record.zone === name)
  const close = (name: string, count: number, as: Status = 'closed'): void => {
    for (const { record } of of(name).slice(0, count)) status.set(record.id, as)
  }
  return { peers: peers as Peers, of, close }
}

const draw = (peers: Peers, rng: Rng, options: Partial<ZoneOptions> = {}): readonly string[] =>
  idsOf(zone({ local: 'a', clock: handClock(), rng, ...options })(peers, call()))

/** How often each zone is drawn in 10 000 even throws; `*` = everyone. */
function share(peers: Peers, options: Partial<ZoneOptions> = {}): Readonly<Record<string, number>> {
  let throws = 0
  const route = zone({ local: 'a', clock: handClock(), rng: () => (throws++ + 0.5) / 10_000, ...options })
  const seen: Record<string, number> = {}
  for (let i = 0; i < 10_000; i++) {
    const left = route(peers, call())
    const name = left === peers ? '*' : left[0]!.record.zone
    seen[name] = (seen[name] ?? 0) + 1
  }
  return seen
}

describe('zone', () => {
  it('keeps all calls at home while the home zone has its share', () => {
    const { peers, of } = row({ a: 2, b: 2 })
    expect(share(peers)).to.deep.equal({ a: 10_000 })
    expect(draw(peers, () => 0.9999)).to.deep.equal(idsOf(of('a')))
    expect(share(row({ a: 3, b: 2, c: 1 }).peers)).to.deep.equal({ a: 10_000 })
  })

  it('sends what is too much for it to the other zones', () => {
    // A quarter of what is open, for half of the calls.
    const { peers, of } = row({ a: 1, b: 3 })
    expect(share(peers)).to.deep.equal({ a: 5_000, b: 5_000 })
    expect(draw(peers, () => 0.4999)).to.deep.equal(idsOf(of('a')))
    expect(draw(peers, () => 0.5001)).to.deep.equal(idsOf(of('b')))
  })

  it('divides what spills over in proportion to what the others have to spare', () => {
    // Each zone makes a third of the calls; b has 5/10 and c 4/10 of what is open, so they can spare 10/60 and 4/60.
    expect(share(row({ a: 1, b: 5, c: 4 }).peers)).to.deep.equal({ a: 3_000, b: 5_000, c: 2_000 })
    // c has no more than it needs itself.
    expect(share(row({ a: 1, b: 3, c: 2 }).peers)).to.deep.equal({ a: 5_000, b: 5_000 })
  })

  it('goes by weight, not by number', () => {
    const { peers } = row({ a: 1, b: 1 })
    const heavy = [peers[0]!, peer(900, { zone: 'b', weight: 300 })]
    expect(share(heavy)).to.deep.equal({ a: 5_000, b: 5_000 })
    const light = [peers[0]!, peer(900, { zone: 'b', weight: 50 }), peer(901, { zone: 'b', weight: 50 })]
    expect(share(light)).to.deep.equal({ a: 10_000 })
  })

  it('can be told which share of the calls comes from home', () => {
    const { peers } = row({ a: 1, b: 3 })
    expect(share(peers, { demand: 0.25 })).to.deep.equal({ a: 10_000 })
    expect(share(peers, { demand: 1 })).to.deep.equal({ a: 2_500, b: 7_500 })
    // All calls come from here: the others share what is left as they are.
    expect(share(row({ a: 1, b: 2, c: 1 }).peers, { demand: 1 })).to.deep.equal({ a: 2_500, b: 5_000, c: 2_500 })
  })

  it('counts open peers only, at home and elsewhere', () => {
    const home = row({ a: 4, b: 4 })
    home.close('a', 1)
    home.close('a', 2, 'busy')
    // 2 of 6 are open at home, for half of the calls.
    expect(share(home.peers)).to.deep.equal({ a: 6_667, b: 3_333 })
    const abroad = row({ a: 1, b: 3 })
    abroad.close('b', 2)
    expect(share(abroad.peers)).to.deep.equal({ a: 10_000 })
    const far = row({ a: 1, b: 3, c: 3 })
    far.close('b', 3)
    expect(share(far.peers)).to.deep.equal({ a: 7_500, c: 2_500 })
  })

  it('asks everyone when less than half of the home zone is open', () => {
    const half = row({ a: 4, b: 1 })
    half.close('a', 2)
    expect(share(half.peers)).to.deep.equal({ a: 10_000 })
    const less = row({ a: 4, b: 1 })
    less.close('a', 3)
    expect(share(less.peers)).to.deep.equal({ '*': 10_000 })
  })

  it('goes by weight for that, too, to the very share', () => {
    const home = (open: number): Peers => [
      peer(1, { zone: 'a', weight: open }),
      { ...peer(2, { zone: 'a', weight: 1_000 - open }), status: 'closed' },
      peer(3, { zone: 'b', weight: 1 }),
    ]
    expect(share(home(500))).to.deep.equal({ a: 10_000 })
    expect(share(home(499))).to.deep.equal({ '*': 10_000 })
  })

  it('takes another share for that', () => {
    const { peers, close } = row({ a: 4, b: 1 })
    close('a', 3)
    expect(share(peers, { panicPercent: 25 })).to.deep.equal({ a: 10_000 })
    expect(share(peers, { panicPercent: 26 })).to.deep.equal({ '*': 10_000 })
    close('a', 4)
    expect(share(peers, { panicPercent: 0 })).to.deep.equal({ '*': 10_000 })
    close('b', 1)
    expect(share(peers, { panicPercent: 0 })).to.deep.equal({ '*': 10_000 })
  })

  it('asks everyone when nobody is at home', () => {
    expect(share(row({ b: 1, c: 1 }).peers)).to.deep.equal({ '*': 10_000 })
    const resting = [peer(1, { zone: 'a', weight: 0 }), peer(2, { zone: 'b' })]
    expect(share(resting)).to.deep.equal({ '*': 10_000 })
    expect(share(row({ a: 2, b: 2 }, 0).peers)).to.deep.equal({ '*': 10_000 })
    expect(draw([], () => 0)).to.deep.equal([])
  })

  it('counts no zone in which nobody has weight', () => {
    const { peers } = row({ a: 1, b: 2 })
    const more = [...peers, peer(900, { zone: 'c', weight: 0 })]
    // A third of what is open, for half of the calls.
    expect(share(more)).to.deep.equal({ a: 6_667, b: 3_333 })
  })

  it('goes by weights below 1 as well', () => {
    expect(share(row({ a: 1, b: 3 }, 0.25).peers)).to.deep.equal({ a: 5_000, b: 5_000 })
  })

  it('hands on the very array if all are at home', () => {
    const { peers } = row({ a: 3 })
    expect(zone({ local: 'a' })(peers, call())).to.equal(peers)
  })

  it('looks at who is open once a second, not with every call', async () => {
    const { peers, of } = row({ a: 2, b: 2 })
    let looks = 0
    const watched = peers.map(
      (one): Peer => ({
        ...one,
        get status() {
          looks++
          return one.status
        },
      }),
    )
    const clock = handClock()
    const route = zone({ local: 'a', clock, rng: () => 0.9999 })
    for (let i = 0; i < 100; i++) route(watched, call())
    expect(looks).to.equal(4)
    await clock.advance(999)
    route(watched, call())
    expect(looks).to.equal(4)
    await clock.advance(1)
    route(watched, call())
    expect(looks).to.equal(8)
    expect(of('a')).to.have.length(2)
  })

  it('follows those who close and open again', async () => {
    const { peers, of, close } = row({ a: 4, b: 4 })
    const clock = handClock()
    const route = zone({ local: 'a', clock, rng: () => 0.9999, refreshMs: 50 })
    expect(route(peers, call())).to.deep.equal(of('a'))
    close('a', 3)
    expect(route(peers, call())).to.deep.equal(of('a'))
    await clock.advance(50)
    expect(route(peers, call())).to.equal(peers)
    close('a', 2, 'open')
    await clock.advance(50)
    expect(route(peers, call())).to.deep.equal(of('b'))
  })

  it('answers with one of few arrays, always the same, across every look', async () => {
    const { peers } = row({ a: 1, b: 5, c: 4 })
    const clock = handClock()
    const route = zone({ local: 'a', clock, rng: seededRng(1) })
    const seen = new Set<Peers>()
    for (let i = 0; i < 300; i++) {
      seen.add(route(peers, call()))
      if (i % 50 === 0) await clock.advance(1_000)
    }
    expect(seen.size).to.equal(3)
  })

  it('gives every open peer the same load, if every zone does as this one and makes the same number of calls', () => {
    const count = fc.integer({ min: 1, max: 6 })
    fc.assert(
      fc.property(count, count, count, (a, b, c) => {
        const { peers } = row({ a, b, c })
        const load: Record<string, number> = { a: 0, b: 0, c: 0 }
        for (const local of ['a', 'b', 'c']) {
          for (const [to, times] of Object.entries(share(peers, { local }))) load[to]! += times
        }
        const even = 30_000 / (a + b + c)
        for (const [name, of] of Object.entries({ a, b, c })) expect(load[name]! / of).to.be.closeTo(even, 3)
      }),
      { numRuns: 30 },
    )
  })

  it('checks its options', () => {
    expect(() => zone({ local: '' })).to.throw(TypeError, 'local must name a zone, got ""')
    expect(() => zone({ local: 5 as never })).to.throw(TypeError, 'local must name a zone, got 5')
    for (const demand of [0, -1, 1.01, Number.NaN]) {
      expect(() => zone({ local: 'a', demand })).to.throw(
        RangeError,
        `demand must be above 0 and at most 1, got ${demand}`,
      )
    }
    for (const panicPercent of [-1, 101, Number.NaN]) {
      expect(() => zone({ local: 'a', panicPercent })).to.throw(
        RangeError,
        `panicPercent must be from 0 to 100, got ${panicPercent}`,
      )
    }
    for (const refreshMs of [0, -1, Number.NaN]) {
      expect(() => zone({ local: 'a', refreshMs })).to.throw(RangeError, `refreshMs must be above 0, got ${refreshMs}`)
    }
    for (const good of [{ demand: 1 }, { panicPercent: 0 }, { panicPercent: 100 }, { refreshMs: 1 }]) {
      expect(zone({ local: 'a', ...good })).to.be.a('function')
    }
  })

  it('says what it asks, and where a peer is instead', () => {
    const route = zone({ local: 'a' })
    expect(route.asks?.(call())).to.equal('in zone "a", or where it spills over to')
    expect(route.why?.(peer(1, { zone: 'b' }), call())).to.equal('its zone is "b"')
    expect(route.why?.(peer(1, { zone: 'a' }), call())).to.equal('the call spilled over to another zone')
  })
})
