import { GRAY_LANE, LANE, laneOf } from '@kumquat/core'
import { expect } from 'chai'

describe('laneOf', () => {
  it('is stable unless the attachments name another', () => {
    expect(laneOf({ attachments: {} })).to.equal('stable')
    expect(laneOf({ attachments: { user: '7' } })).to.equal('stable')
    expect(laneOf({ attachments: { [LANE]: GRAY_LANE } })).to.equal('gray')
  })
})
