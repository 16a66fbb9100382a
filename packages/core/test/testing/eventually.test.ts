import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'

describe('eventually', () => {
  it('answers what the check returns, once it no longer throws', async () => {
    let looks = 0
    const answer = await eventually(
      async () => {
        looks++
        if (looks < 3) throw new Error('not yet')
        return 'there'
      },
      { everyMs: 1 },
    )
    expect([answer, looks]).to.deep.equal(['there', 3])
  })

  it('throws what the check threw last, at its bound', async () => {
    let looks = 0
    const check = (): never => {
      looks++
      throw new Error(`look ${looks}`)
    }
    const error: unknown = await eventually(check, { withinMs: 20, everyMs: 5 }).catch((thrown: unknown) => thrown)
    expect(error).to.be.instanceOf(Error).with.property('message', `look ${looks}`)
    expect(looks).to.be.above(1)
  })

  it('looks once at least', async () => {
    expect(await eventually(() => 7, { withinMs: 0 })).to.equal(7)
  })
})
