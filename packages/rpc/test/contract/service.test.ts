import { service } from '@kumquat/rpc'
import { expect } from 'chai'
import { declarationOfClass } from '../../src/contract/service.ts'

describe('@service()', () => {
  it('remembers what was said of a class', () => {
    @service({ app: 'movie', group: 'catalog' })
    class Movies {}
    expect(declarationOfClass(Movies)).to.deep.equal({
      service: { app: 'movie', group: 'catalog' },
      version: '',
      exposeErrors: false,
    })
    expect(declarationOfClass(class {})).to.equal(undefined)
  })

  for (const [what, options] of [
    ['app ""', { app: '', group: 'catalog' }],
    ['app "_kumquat"', { app: '_kumquat', group: 'catalog' }],
    ['group "a/b"', { app: 'movie', group: 'a/b' }],
    ['version "1 0"', { app: 'movie', group: 'catalog', version: '1 0' }],
  ] as const) {
    it(`refuses ${what}, naming it`, () => {
      expect(() => service(options)).to.throw(TypeError, what)
    })
  }

  it('belongs on a class', () => {
    expect(() => service({ app: 'a', group: 'b' })({} as never)).to.throw(TypeError, 'belongs on a class')
  })
})
