import { assignLane, cluster, failfast, type GrayRule, gray, grayRule, type Peers, roundRobin } from '@kumquat/cluster'
import { Cell, type Invocation, LANE } from '@kumquat/core'
import { expect } from 'chai'
import { call, peer } from '../parts.ts'

/** What a filter passes on. */
async function passed(rule: GrayRule, invocation: Invocation): Promise<Invocation> {
  const seen: Invocation[] = []
  const invoke = assignLane(new Cell(rule))(async (one) => {
    seen.push(one)
    return { value: 'reply' }
  })
  expect(await invoke(invocation)).to.deep.equal({ value: 'reply' })
  expect(seen).to.have.length(1)
  return seen[0]!
}

describe('assignLane', () => {
  const rule: GrayRule = { key: 'caller', always: ['ann'] }
  const ann = call({ caller: 'ann', attachments: { user: '7' } })

  it('gives a call its lane as an attachment, beside those that it has', async () => {
    expect(await passed(rule, ann)).to.deep.equal({ ...ann, attachments: { user: '7', [LANE]: 'gray' } })
    expect(ann.attachments).to.deep.equal({ user: '7' })
  })

  // Else the next hop would draw anew, perhaps by another key.
  it('says so, too, that a call is stable', async () => {
    const bob = call({ caller: 'bob' })
    expect((await passed(rule, bob)).attachments).to.deep.equal({ [LANE]: 'stable' })
    expect((await passed(rule, call())).attachments).to.deep.equal({ [LANE]: 'stable' })
  })

  it('passes on as it is a call that has a lane', async () => {
    for (const lane of ['gray', 'stable', 'blue']) {
      const given = call({ caller: 'ann', attachments: { [LANE]: lane } })
      expect(await passed(rule, given)).to.equal(given)
    }
  })

  it('passes on every call as it is when the rule is off or a shadow', async () => {
    expect(await passed({ ...rule, shadow: true }, ann)).to.equal(ann)
    expect(await passed({ ...rule, enabled: false }, ann)).to.equal(ann)
  })

  it('follows a rule that changes, and keeps the last good one', async () => {
    const cell = new Cell<GrayRule>({ ...rule, shadow: true })
    const errors: unknown[] = []
    let lane: string | undefined
    const invoke = assignLane(cell, { onError: (error) => errors.push(error) })(async ({ attachments }) => {
      lane = attachments[LANE]
      return { value: 0 }
    })
    await invoke(ann)
    expect(lane).to.equal(undefined)
    cell.set(rule)
    await invoke(ann)
    expect(lane).to.equal('gray')
    cell.set({ percent: 5 })
    await invoke(ann)
    expect(lane).to.equal('gray')
    expect(errors).to.have.length(1)
    const quiet = assignLane(new Cell<GrayRule>(rule))
    expect(quiet).to.be.a('function')
    expect(() => assignLane(new Cell<GrayRule>({ percent: 5 }))).to.throw(TypeError, 'gray rule.key is missing')
  })

  it('brings a call to gray peers, and a rule says what becomes of it without them', async () => {
    const live = new Cell<GrayRule>({ ...rule, fallback: 'stable' })
    const peers = new Cell<Peers>([peer(1), peer(2, { gray: true })])
    const invoke = assignLane(live)(
      cluster({
        peers,
        route: gray({ fallback: () => grayRule(live.current).fallback ?? 'stable' }),
        balance: roundRobin(),
        strategy: failfast(),
      }),
    )
    const answer = (caller: string) =>
      invoke(call({ caller })).then(
        ({ value }) => value,
        (error: Error) => error.message,
      )
    for (let i = 0; i < 4; i++) {
      expect(await answer('ann')).to.equal('10.0.0.1:20002')
      expect(await answer('bob')).to.equal('10.0.0.1:20001')
    }
    peers.set([peer(1)])
    expect(await answer('ann')).to.equal('10.0.0.1:20001')
    live.set({ ...rule, fallback: 'fail' })
    expect(await answer('ann')).to.include('1 known, none in lane gray')
  })
})
