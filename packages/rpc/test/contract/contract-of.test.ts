import { type Client, contractOf, type GivenOptions, type MethodEntry, method, service } from '@kumquat/rpc'
import { expect } from 'chai'
import { expectTypeOf } from 'expect-type'
import { z } from 'zod'
import { targetOf } from '../../src/contract/target.ts'

const Id = z.int()
const Movie = z.object({ id: z.int(), title: z.string() })

class Shop {
  @method({ input: Id, timeoutMs: 200 }) rent(id: number): string {
    return `${id}`
  }
}

@service({ app: 'movie', group: 'catalog', version: 'V2' })
class Movies extends Shop {
  readonly size = 1
  @method({ input: Id, output: Movie, idempotent: true, timeoutMs: 500 })
  async getMovieById(id: number): Promise<z.infer<typeof Movie>> {
    return { id, title: `Movie ${id}` }
  }
  unmarked(): void {}
}

describe('the contract of a class', () => {
  it('says what the class says, inherited methods included, and nothing of what is not marked', () => {
    const contract = contractOf(Movies)
    expect(contract).to.deep.include({ app: 'movie', group: 'catalog', version: 'V2', exposeErrors: false })
    expect(Object.keys(contract.methods)).to.have.members(['getMovieById', 'rent'])
    expect(contract.methods.getMovieById).to.include({ idempotent: true, timeoutMs: 500, output: Movie })
    expect(contract.methods.getMovieById.input).to.deep.equal([Id])
    expect(contract).to.be.frozen
    expect(contract.methods).to.be.frozen
  })

  it('has the signatures of the class', () => {
    const contract = contractOf(Movies)
    expectTypeOf(contract.methods.rent).toEqualTypeOf<MethodEntry<Movies['rent']>>()
    expectTypeOf<Client<typeof contract>['getMovieById']>().toEqualTypeOf<
      (id: number, options?: GivenOptions) => Promise<{ id: number; title: string }>
    >()
  })

  it('is the same for a client as the class', () => {
    expect(targetOf(contractOf(Movies))).to.deep.equal(targetOf(Movies))
    expect([...targetOf(Movies).timeouts!].sort()).to.deep.equal([
      ['getMovieById', 500],
      ['rent', 200],
    ])
  })

  it('is not that of a class without @service(), or without a @method()', () => {
    class Nobody {}
    @service({ app: 'movie', group: 'catalog' })
    class Mute {}
    expect(() => contractOf(Nobody)).to.throw(TypeError, 'the class Nobody is not a service')
    expect(() => contractOf(Mute)).to.throw(TypeError, 'the class Mute serves no method')
  })

  it('does not compile over a method whose arguments are others than those of its schemas', () => {
    class Wrong {
      // @ts-expect-error the schema gives a number
      @method({ input: Id }) get(id: string): string {
        return id
      }
      // @ts-expect-error the schema promises a movie
      @method({ input: Id, output: Movie }) find(id: number): number {
        return id
      }
    }
    expect(new Wrong()).to.be.instanceOf(Wrong)
  })
})
