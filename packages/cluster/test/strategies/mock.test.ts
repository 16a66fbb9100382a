import { failfast, failover, type MockRule, mock } from '@kumquat/cluster'
import { Cell, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

function setup(first?: MockRule) {
  const rule = new Cell<MockRule | undefined>(first)
  return { rule, theatre: stage(3, mock(rule, failfast())) }
}
const forced = { when: 'force', answer: { value: 'mock' } } as const
const degraded = { when: 'fail', answer: { value: 'spare' } } as const

describe('mock', () => {
  it('lets every call go its way without a rule', async () => {
    const { theatre } = setup()
    theatre.onAttempt = ({ answer }) => answer('real')
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'real' })
    const error = failing('not-run')
    theatre.onAttempt = ({ fail }) => fail(error)
    expect(await theatre.outcomeOf(call())).to.equal(error)
  })

  it('answers without calling anybody when forced, though nobody is there', async () => {
    const { theatre } = setup(forced)
    theatre.live.set([])
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'mock' })
    expect(theatre.attempts).to.have.length(0)
  })

  it('answers with the real reply while there is one, else with the spare', async () => {
    const { theatre } = setup(degraded)
    theatre.onAttempt = ({ answer }) => answer('real')
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'real' })
    for (const outcome of ['not-run', 'unknown'] as const) {
      theatre.onAttempt = ({ fail }) => fail(failing(outcome))
      expect(await theatre.invoke(call())).to.deep.equal({ value: 'spare' })
    }
    theatre.live.set([])
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'spare' })
  })

  it('does not degrade errors of the method itself unless asked, and mistakes of ours never', async () => {
    const { theatre, rule } = setup(degraded)
    const business = failing('ran')
    theatre.onAttempt = ({ fail }) => fail(business)
    expect(await theatre.outcomeOf(call())).to.equal(business)
    rule.set({ ...degraded, evenIfRan: true })
    expect(await theatre.outcomeOf(call())).to.deep.equal({ value: 'spare' })
    const bug = new TypeError('bug')
    theatre.onAttempt = ({ fail }) => fail(bug)
    expect(await theatre.outcomeOf(call())).to.equal(bug)
  })

  it('can fail instead of answering: as not run if forced, else with what the failure says of running', async () => {
    const answer = { error: { code: 'resource_exhausted', message: 'shed for now' } } as const
    const { theatre, rule } = setup({ when: 'force', answer })
    const before = (await theatre.outcomeOf(call())) as RpcError
    expect(before).to.be.instanceOf(RpcError)
    expect(before).to.include({ code: 'resource_exhausted', message: 'shed for now', outcome: 'not-run' })
    expect(before.cause).to.equal(undefined)
    rule.set({ when: 'fail', answer })
    const failure = failing('unknown')
    theatre.onAttempt = ({ fail }) => fail(failure)
    expect(await theatre.outcomeOf(call())).to.include({
      code: 'resource_exhausted',
      outcome: 'unknown',
      cause: failure,
    })
  })

  it('concerns the methods it names only', async () => {
    const { theatre, rule } = setup({ ...forced, methods: ['searchMovies'] })
    theatre.onAttempt = ({ answer }) => answer('real')
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'real' })
    expect(await theatre.invoke(call({ method: 'searchMovies' }))).to.deep.equal({ value: 'mock' })
    rule.set({ ...degraded, methods: ['searchMovies'] })
    const error = failing('not-run')
    theatre.onAttempt = ({ fail }) => fail(error)
    expect(await theatre.outcomeOf(call())).to.equal(error)
    expect(await theatre.invoke(call({ method: 'searchMovies' }))).to.deep.equal({ value: 'spare' })
    rule.set({ ...forced, methods: [] })
    expect(await theatre.outcomeOf(call())).to.equal(error)
  })

  it('is switched while calls run', async () => {
    const { theatre, rule } = setup()
    const running = theatre.outcomeOf(call())
    rule.set(degraded)
    theatre.attempts[0]!.fail(failing('not-run'))
    expect(await running).to.deep.equal({ value: 'spare' })
    const other = theatre.outcomeOf(call())
    rule.set(undefined)
    const error = failing('not-run')
    theatre.attempts[1]!.fail(error)
    expect(await other).to.equal(error)
    const third = theatre.outcomeOf(call())
    rule.set(forced)
    theatre.attempts[2]!.fail(error)
    expect(await third).to.deep.equal({ value: 'mock' })
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'mock' })
  })

  it('stands in only after the strategy below has given up', async () => {
    const rule = new Cell<MockRule | undefined>(degraded)
    const theatre = stage(3, mock(rule, failover({ backoff: () => 0 })))
    theatre.onAttempt = ({ fail }) => fail(failing('not-run'))
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'spare' })
    expect(theatre.attempts).to.have.length(3)
  })
})
