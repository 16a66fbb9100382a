import { nearest } from '@kumquat/core'
import { expect } from 'chai'

describe('the nearest name', () => {
  const names = ['getMovieById', 'getMovieByCity', 'rent']
  for (const [asked, near] of [
    ['getMovieByID', 'getMovieById'],
    ['getMoviesByCity', 'getMovieByCity'],
    ['ret', 'rent'],
    ['lend', 'rent'],
    ['deleteEverything', undefined],
    ['', undefined],
  ] as const) {
    it(`of ${JSON.stringify(asked)} is ${near}`, () => {
      expect(nearest(asked, names)).to.equal(near)
    })
  }
  it('is found for a name of any length', () => {
    expect(nearest('x'.repeat(1_000_000), names)).to.equal(undefined)
  })
})
