import { expect } from 'chai'
import { rejection } from '../rejection.ts'
import { calling } from '../serving.ts'
import type { Begin } from './stage.ts'

/** What is asked for and is not there. */
export function names(begin: Begin): void {
  it('names an unknown method, what there is, and the nearest', async () => {
    const { endpoint } = await begin()
    const error = await rejection(endpoint.invoke(calling('getMovieByID2')))
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect(error.message).to.contain('"getMovieByID2"').and.to.contain('did you mean "getMovieById"?')
    expect(error.message).to.contain('rent, echo')
  })

  it('names an unknown service', async () => {
    const { endpoint } = await begin()
    const service = { app: 'movie', group: 'catalogue' }
    const error = await rejection(endpoint.invoke(calling('getMovieById', [1], { service })))
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect(error.message).to.contain('"movie/catalogue"').and.to.contain('did you mean "movie/catalog"?')
  })

  for (const method of ['notServed', 'constructor', 'toString', '__proto__', 'hasOwnProperty', 'entered']) {
    it(`does not serve ${method}`, async () => {
      const { endpoint } = await begin()
      const error = await rejection(endpoint.invoke(calling(method)))
      expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    })
  }
}
