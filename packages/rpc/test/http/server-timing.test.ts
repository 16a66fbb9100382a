import { expect } from 'chai'
import { serverTiming } from '../../src/http/server-timing.ts'

describe('serverTiming()', () => {
  for (const [ms, text] of [
    [0, '0'],
    [0.004, '0'],
    [0.005, '0.01'],
    [1.234, '1.23'],
    [19.99, '19.99'],
    [20, '20'],
    [20.126, '20.13'],
    [86_400_000.5, '86400000.5'],
  ] as const) {
    it(`says ${text} for ${ms} ms, first and later`, () => {
      for (let i = 0; i < 2; i++) expect(serverTiming(ms)).to.equal(`total;dur=${text}`)
    })
  }
})
