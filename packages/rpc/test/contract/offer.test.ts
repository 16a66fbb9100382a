import { method, service } from '@kumquat/rpc'
import { expect } from 'chai'
import { offerOf } from '../../src/contract/offer.ts'

describe('an instance of a service class', () => {
  it('offers its marked methods and nothing else, bound to it', () => {
    @service({ app: 'movie', group: 'catalog', version: 'V1', exposeErrors: true })
    class Movies {
      #secret = 7
      @method({ idempotent: true }) get(add: number): number {
        return this.#secret + add
      }
      unmarked(): void {}
    }
    const offer = offerOf(new Movies())
    expect(offer.declaration).to.deep.equal({
      service: { app: 'movie', group: 'catalog' },
      version: 'V1',
      exposeErrors: true,
    })
    expect([...offer.methods.keys()]).to.deep.equal(['get'])
    expect(offer.methods.get('get')).to.include({ idempotent: true })
    expect(offer.methods.get('get')?.run([3])).to.equal(10)
  })

  it('offers what it inherits marked, unless an override took the mark away', () => {
    class Base {
      @method() inherited(): string {
        return 'inherited'
      }
      @method() hidden(): string {
        return 'hidden'
      }
    }
    @service({ app: 'movie', group: 'catalog' })
    class Movies extends Base {
      @method() own(): string {
        return 'own'
      }
      override hidden(): string {
        return 'not for everybody'
      }
    }
    const { methods } = offerOf(new Movies())
    expect([...methods.keys()].sort()).to.deep.equal(['inherited', 'own'])
    expect(methods.get('inherited')?.run([])).to.equal('inherited')
  })

  it('is refused without @service(), naming the class', () => {
    class Movies {
      @method() get(): void {}
    }
    expect(() => offerOf(new Movies())).to.throw(TypeError, 'an instance of Movies is not a service: put @service(')
    expect(() => offerOf({})).to.throw(TypeError, 'this object is not a service')
    expect(() => offerOf(Object.create(null))).to.throw(TypeError, 'this object is not a service')
  })

  it('is refused without a @method(), naming the class', () => {
    @service({ app: 'movie', group: 'catalog' })
    class Movies {
      get(): void {}
    }
    expect(() => offerOf(new Movies())).to.throw(TypeError, 'an instance of Movies serves no method: put @method()')
  })

  it('is refused when it is the class itself', () => {
    @service({ app: 'movie', group: 'catalog' })
    class Movies {
      @method() get(): void {}
    }
    expect(() => offerOf(Movies)).to.throw(TypeError, 'pass an instance: new Movies()')
  })
})
