import { expect } from 'chai'
import { deadEnd, nameIn } from '../../src/http/unknown-path.ts'

describe('a path', () => {
  it('names a call in the form /app/group/method, and in no other', () => {
    expect(nameIn('/movie/catalog/rent')).to.deep.equal({ service: { app: 'movie', group: 'catalog' }, method: 'rent' })
    for (const other of [
      '/',
      '/a',
      '/a/b',
      '/a/b/',
      '/a/b/c/d',
      'a/b/c',
      '//b/c',
      '/_kumquat/b/c',
      '/a/b/%2e',
      '/a/b/ c',
    ]) {
      expect(nameIn(other), other).to.equal(undefined)
    }
  })
  it('of a call takes no other verb than POST', () => {
    expect(deadEnd('GET', '/movie/catalog/rent', () => true)).to.deep.include({
      status: 405,
      headers: { allow: 'POST' },
    })
  })
  it('of a probe takes no other verb than GET', () => {
    expect(deadEnd('POST', '/_kumquat/live', () => false)).to.deep.include({
      status: 405,
      headers: { allow: 'GET, HEAD' },
    })
  })
  it('of nothing says what there is, and does not repeat more of it than is of use', () => {
    const { status, error } = deadEnd('GET', `/${'x'.repeat(10_000)}`, () => false)
    expect(status).to.equal(404)
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect(error.message).to.contain('POST /<app>/<group>/<method>').and.to.have.length.below(500)
  })
})
