import { method } from '@kumquat/rpc'
import { expect } from 'chai'
import { assertMethodName, declarationOfMethod } from '../../src/contract/method.ts'

describe('@method()', () => {
  const context = (kind: string, name: string | symbol, more: object = {}) =>
    ({ kind, name, static: false, private: false, ...more }) as unknown as ClassMethodDecoratorContext
  const get = (): number => 1

  it('remembers what was said of a method, not idempotent unless it says so', () => {
    class Movies {
      @method() get(): void {}
      @method({ idempotent: true }) list(): void {}
      plain(): void {}
    }
    const { get, list, plain } = Movies.prototype
    expect(declarationOfMethod(get)).to.deep.equal({ idempotent: false })
    expect(declarationOfMethod(list)).to.deep.equal({ idempotent: true })
    expect(declarationOfMethod(plain)).to.equal(undefined)
  })

  it('leaves the method as it is', () => {
    expect(method()(get, context('method', 'get'))).to.equal(undefined)
  })

  it('is the entry of a contract too', () => {
    const check = (): true => true
    expect(method({ idempotent: true, check })).to.include({ idempotent: true, check })
  })

  for (const [what, standard, message] of [
    ['a static method', context('method', 'get', { static: true }), 'get'],
    ['a private method', context('method', '#get', { private: true }), '#get'],
    ['a field', context('field', 'get'), 'get'],
    ['an accessor', context('getter', 'movie'), 'movie'],
    ['a symbol', context('method', Symbol.iterator), 'Symbol(Symbol.iterator)'],
    ['the name "then"', context('method', 'then'), '"then"'],
    ['the name "with"', context('method', 'with'), '"with"'],
    ['the name "toString"', context('method', 'toString'), '"toString"'],
    ['a name that is none', context('method', 'get movie'), '"get movie"'],
  ] as const) {
    it(`refuses ${what}, naming it`, () => {
      expect(() => method()(get, standard)).to.throw(TypeError, message)
    })
  }

  it('refuses options that are none', () => {
    expect(() => method({ idempotent: 'yes' as never })).to.throw(
      TypeError,
      'idempotent must be true or false, got yes',
    )
    expect(() => method({ check: 7 as never })).to.throw(TypeError, 'check must be a function of the arguments, got 7')
  })
})

describe('the name of a method', () => {
  for (const name of ['constructor', 'hasOwnProperty', 'valueOf', '__proto__', 'toJSON', '', 'a/b', '_hidden']) {
    it(`is not ${JSON.stringify(name)}`, () => {
      expect(() => assertMethodName(name)).to.throw(TypeError, name)
    })
  }
  it('is anything else that can be a name', () => {
    for (const name of ['get', 'getMovieById', 'v2.get', 'a-b_c']) expect(assertMethodName(name)).to.equal(name)
  })
})
