import { expect } from 'chai'
import fc from 'fast-check'
import { isDeeperThan } from '../../src/http/json-depth.ts'

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0

describe('the depth of a JSON text', () => {
  it('is that of the value it stands for', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 8 }), fc.nat(9), (text, limit) => {
        expect(isDeeperThan(limit, text)).to.equal(depthOf(JSON.parse(text)) > limit)
      }),
    )
  })

  it('does not count brackets in strings, escaped quotes or not', () => {
    expect(isDeeperThan(1, '["[[[[\\"[[[[\\\\"]')).to.equal(false)
    expect(isDeeperThan(1, '{"[[": "{{"}')).to.equal(false)
  })

  it('counts what is open at once, not what is there', () => {
    expect(isDeeperThan(2, `[${'[],'.repeat(1_000)}[]]`)).to.equal(false)
    expect(isDeeperThan(64, '['.repeat(64))).to.equal(false)
    expect(isDeeperThan(64, '['.repeat(65))).to.equal(true)
  })

  it('is found for any text', () => {
    fc.assert(fc.property(fc.string(), (text) => typeof isDeeperThan(3, text) === 'boolean'))
  })
})
