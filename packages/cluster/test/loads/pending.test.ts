import { pending } from '@kumquat/cluster'
import { expect } from 'chai'
import { call } from '../parts.ts'

describe('pending', () => {
  it('counts the calls in flight, of each peer apart', () => {
    const [one, other] = [pending(), pending()]
    const first = one.begin(call())
    const second = one.begin(call())
    expect([one.value, other.value]).to.deep.equal([2, 0])
    first({ value: 1 })
    second(undefined, new Error('failed'))
    expect(one.value).to.equal(0)
  })
})
