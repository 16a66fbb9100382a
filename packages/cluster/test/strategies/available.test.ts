import { available, type Peer } from '@kumquat/cluster'
import type { Status } from '@kumquat/core'
import { expect } from 'chai'
import { call } from '../parts.ts'
import { failing, stage } from './stage.ts'

/** Peers of these statuses, and which of them is asked in each of three calls. */
async function asked(...statuses: readonly Status[]): Promise<readonly number[]> {
  const theatre = stage(statuses.length, available())
  theatre.live.set(theatre.live.current.map((peer, n): Peer => ({ ...peer, status: statuses[n]! })))
  theatre.onAttempt = (attempt) => attempt.answer(attempt.id)
  const ids = theatre.live.current.map(({ record }) => record.id)
  const answers: number[] = []
  for (let i = 0; i < 3; i++) answers.push(ids.indexOf(String((await theatre.invoke(call())).value)))
  return answers
}

describe('available', () => {
  it('asks the first peer that is open, always the same', async () => {
    expect(await asked('open', 'open', 'open')).to.deep.equal([0, 0, 0])
    expect(await asked('closed', 'busy', 'open')).to.deep.equal([2, 2, 2])
  })

  it('leaves the choice to the balancer if none is open', async () => {
    expect(await asked('closed', 'busy', 'closed')).to.deep.equal([1, 1, 1])
    expect(await asked('closed', 'closed', 'closed')).to.deep.equal([0, 1, 2])
  })

  it('makes one attempt, whatever comes of it', async () => {
    const theatre = stage(3, available())
    const error = failing('not-run')
    theatre.onAttempt = (attempt) => attempt.fail(error)
    expect(await theatre.outcomeOf(call({ idempotent: true }))).to.equal(error)
    expect(theatre.attempts).to.have.length(1)
  })

  it('fails as the cluster does when nobody is there', async () => {
    expect(await stage(0, available()).outcomeOf(call())).to.include({ code: 'unavailable', outcome: 'not-run' })
  })
})
