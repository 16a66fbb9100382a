import { failover, failsafe } from '@kumquat/cluster'
import type { Invocation } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

describe('failsafe', () => {
  it('answers with nothing when a call fails, after one attempt', async () => {
    const theatre = stage(3, failsafe())
    theatre.onAttempt = (attempt) => attempt.fail(failing('not-run'))
    expect(await theatre.invoke(call())).to.deep.equal({ value: undefined })
    expect(theatre.attempts).to.have.length(1)
  })

  it('answers with the value it is given, and tells the failure and the call', async () => {
    const told: (readonly [unknown, Invocation])[] = []
    const theatre = stage(3, failsafe({ value: [], onFailure: (...facts) => void told.push(facts) }))
    const error = new Error('bug')
    theatre.onAttempt = (attempt) => attempt.fail(error)
    const invocation = call()
    expect(await theatre.invoke(invocation)).to.deep.equal({ value: [] })
    expect(told).to.deep.equal([[error, invocation]])
  })

  it('does so too when nobody is there', async () => {
    const codes: unknown[] = []
    const theatre = stage(
      0,
      failsafe({ value: 0, onFailure: (error) => void codes.push((error as { code: string }).code) }),
    )
    expect(await theatre.invoke(call())).to.deep.equal({ value: 0 })
    expect(codes).to.deep.equal(['unavailable'])
  })

  it('passes on what succeeds, and tells nothing', async () => {
    const told: unknown[] = []
    const theatre = stage(3, failsafe({ value: 'none', onFailure: (error) => void told.push(error) }))
    theatre.onAttempt = (attempt) => attempt.answer('real')
    expect(await theatre.invoke(call())).to.deep.equal({ value: 'real' })
    expect(told).to.deep.equal([])
  })

  it('tries as another strategy does before that', async () => {
    const theatre = stage(3, failsafe({ strategy: failover({ retries: 1, backoff: () => 0 }) }))
    theatre.onAttempt = (attempt) => attempt.fail(failing('not-run'))
    await theatre.invoke(call())
    expect(theatre.attempts).to.have.length(2)
  })
})
