import {
  byLabel,
  chain,
  condition,
  constrained,
  explain,
  gray,
  type Router,
  tag,
  version,
  zone,
} from '@kumquat/cluster'
import { GRAY_LANE, LANE } from '@kumquat/core'
import { handClock } from '@kumquat/core/testing'
import { expect } from 'chai'
import fc from 'fast-check'
import { call, idsOf, peer } from './parts.ts'

describe('explain', () => {
  const peers = [
    peer(1, { version: 'V1', zone: 'a' }),
    peer(2, { version: 'V2', zone: 'a', gray: true }),
    peer(3, { version: 'V2', zone: 'b' }),
    peer(4, { version: 'V2', zone: 'a', tags: { tag: 'blue' } }),
    peer(5, { version: 'V2', zone: 'a' }),
  ]
  const route = chain(
    version({ version: 'V2' }),
    gray(),
    tag(),
    condition([{ name: 'stay near', when: { caller: 'shop' }, to: { zone: 'a' } }]),
  )

  it('says of every peer whether it is left, or which step dropped it and why', () => {
    const { fates } = explain(route, peers, call({ caller: 'shop' }))
    expect(fates.map(({ peer, left, stage }) => ({ id: peer.record.id, left, stage }))).to.deep.equal([
      { id: '10.0.0.1:20001', left: false, stage: 0 },
      { id: '10.0.0.1:20002', left: false, stage: 1 },
      { id: '10.0.0.1:20003', left: false, stage: 3 },
      { id: '10.0.0.1:20004', left: false, stage: 2 },
      { id: '10.0.0.1:20005', left: true, stage: undefined },
    ])
    expect(fates.map(({ words }) => words)).to.deep.equal([
      '10.0.0.1:20001 is dropped: its version is "V1"; asked for peers of version "V2"',
      '10.0.0.1:20002 is dropped: it is gray; asked for peers in lane stable',
      '10.0.0.1:20003 is dropped: its zone is "b"; asked for peers kept by rule "stay near"',
      '10.0.0.1:20004 is dropped: its tag is "blue"; asked for peers without tag',
      '10.0.0.1:20005 is left',
    ])
    expect(String(explain(route, peers.slice(3), call()))).to.equal(
      '10.0.0.1:20004 is dropped: its tag is "blue"; asked for peers without tag\n10.0.0.1:20005 is left',
    )
  })

  it('says what each step left', () => {
    const { stages } = explain(route, peers, call())
    expect(stages.map(({ asks, left }) => [asks, left.length])).to.deep.equal([
      ['of version "V2"', 4],
      ['in lane stable', 3],
      ['without tag', 2],
      ['kept by rule "stay near", which is not about this call', 2],
    ])
  })

  it('ends where nobody is left', () => {
    const { stages, fates } = explain(chain(version({ version: 'V3' }), gray()), peers, call())
    expect(stages).to.have.length(1)
    expect(fates.every(({ left, stage }) => !left && stage === 0)).to.equal(true)
  })

  it('has words for a router that says nothing of itself, and for no router at all', () => {
    const first: Router = (some) => some.slice(0, 1)
    expect(explain(first, peers.slice(0, 2), call()).fates[1]!.words).to.equal(
      '10.0.0.1:20002 is dropped; asked for peers after a router',
    )
    const byZone = byLabel({ label: () => 'a', keep: ({ record }, a) => record.zone === a, asks: (a) => `in ${a}` })
    expect(String(explain(byZone, [peers[2]!], call()))).to.equal('10.0.0.1:20003 is dropped; asked for peers in a')
    expect(String(explain(chain(), peers.slice(0, 1), call()))).to.equal('10.0.0.1:20001 is left')
    expect(explain(chain(), [], call()).fates).to.deep.equal([])
  })

  it('asks a labelled router why', () => {
    const byZone = byLabel({
      label: ({ caller }) => caller,
      keep: ({ record }, name) => record.zone === name,
      asks: (name) => `in zone ${name}`,
      why: ({ record }, name) => `${record.zone} is not ${name}`,
    })
    expect(explain(byZone, [peers[2]!], call({ caller: 'a' })).fates[0]!.words).to.equal(
      '10.0.0.1:20003 is dropped: b is not a; asked for peers in zone a',
    )
  })

  it('leaves whom the router leaves, whatever the chain, the peers and the call', () => {
    const steps = fc.subarray([
      version({ version: '^2' }),
      gray({ fallback: 'fail' }),
      tag({ force: true }),
      constrained(),
      condition([{ to: { zone: '$caller' } }, { when: { method: 'get*' }, to: { 'tags[tag]': '!blue' } }]),
      zone({ local: 'a', clock: handClock(), rng: () => 0.3 }),
    ])
    const records = fc.record({
      version: fc.constantFrom('', 'V1', '2.0.0', '3.0.0'),
      zone: fc.constantFrom('', 'a', 'b'),
      gray: fc.boolean(),
      weight: fc.constantFrom(0, 100),
      tags: fc.constantFrom({}, { tag: 'blue' }, { tag: 'green' }),
    })
    const calls = fc.record({
      caller: fc.constantFrom('a', 'b', 'c'),
      attachments: fc.constantFrom({}, { [LANE]: GRAY_LANE }, { tag: 'blue|green' }, { 'tag-force': 'true', tag: 'x' }),
      constraints: fc.constantFrom({}, { version: '>=2' }, { tags: { tag: 'blue' } }),
    })
    fc.assert(
      fc.property(steps, fc.array(records, { maxLength: 6 }), calls, (some, rows, known) => {
        const all = rows.map((one, n) => peer(n, one))
        const invocation = call(known)
        const { fates } = explain(chain(...some), all, invocation)
        const left = fates.filter((fate) => fate.left).map((fate) => fate.peer)
        expect(idsOf(left)).to.deep.equal(idsOf(chain(...some)(all, invocation)))
        expect(fates.map((fate) => fate.peer)).to.deep.equal(all)
      }),
    )
  })
})
