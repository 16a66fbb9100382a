import { type GrayRule, type Shadow, shadow } from '@kumquat/cluster'
import { Cell, type Invocation, LANE } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'

const nothing = { given: 0, never: 0, always: 0, percent: 0, 'no-key': 0, off: 0 }
const through = async (filter: Shadow, ...calls: readonly Invocation[]): Promise<void> => {
  const invoke = filter(async (invocation) => ({ value: invocation }))
  for (const one of calls) expect((await invoke(one)).value).to.equal(one)
}

describe('shadow', () => {
  const rule: GrayRule = { key: 'caller', always: ['ann'], never: ['bob'], percent: 100, shadow: true }

  it('counts what would have happened, and leaves every call as it is', async () => {
    const filter = shadow(new Cell(rule))
    expect(filter.counts).to.deep.equal({ calls: 0, gray: 0, by: nothing })
    await through(
      filter,
      call({ caller: 'ann' }),
      call({ caller: 'bob' }),
      call({ caller: 'cid' }),
      call({ caller: 'dan' }),
      call(),
      call({ attachments: { [LANE]: 'gray' } }),
      call({ attachments: { [LANE]: 'blue' } }),
    )
    expect(filter.counts).to.deep.equal({
      calls: 7,
      gray: 4,
      by: { given: 2, never: 1, always: 1, percent: 2, 'no-key': 1, off: 0 },
    })
  })

  it('hands out counts that stay as they were', async () => {
    const filter = shadow(new Cell(rule))
    const { counts } = filter
    await through(filter, call({ caller: 'ann' }))
    expect(counts.calls).to.equal(0)
    expect(filter.counts.calls).to.equal(1)
  })

  it('counts for a rule that is in force as well, and for one that is off', async () => {
    const filter = shadow(new Cell<GrayRule>({ ...rule, shadow: false }))
    await through(filter, call({ caller: 'ann' }))
    expect(filter.counts.gray).to.equal(1)
    const off = shadow(new Cell<GrayRule>({ ...rule, enabled: false }))
    await through(off, call({ caller: 'ann' }))
    expect(off.counts).to.deep.equal({ calls: 1, gray: 0, by: { ...nothing, off: 1 } })
  })

  it('begins anew with a changed rule, and goes on when that has a mistake', async () => {
    const live = new Cell(rule)
    const errors: unknown[] = []
    const filter = shadow(live, { onError: (error) => errors.push(error) })
    await through(filter, call({ caller: 'ann' }))
    live.set({ percent: 200 })
    expect(filter.counts.calls).to.equal(1)
    expect(errors).to.have.length(1)
    live.set({ ...rule })
    expect(filter.counts.calls).to.equal(0)
    const quiet = shadow(live)
    live.set({ percent: 200 })
    await through(quiet, call({ caller: 'ann' }))
    expect(quiet.counts.calls).to.equal(1)
  })

  it('refuses a rule with a mistake at once', () => {
    expect(() => shadow(new Cell<GrayRule>({ percent: 200 }))).to.throw(TypeError, 'gray rule.percent')
  })
})
