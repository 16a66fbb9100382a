import { defineService, implement, type MethodsOf, method } from '@kumquat/rpc'
import { expect } from 'chai'
import type { Movie } from '../movies.ts'

const Movies = defineService({
  app: 'movie',
  group: 'catalog',
  version: 'V1',
  methods: {
    getMovieById: method<(id: number) => Movie>({ idempotent: true }),
    rent: method<(id: number, days?: number) => string>(),
  },
})

describe('a contract', () => {
  it('is what was said, complete and frozen', () => {
    expect(Movies).to.include({ app: 'movie', group: 'catalog', version: 'V1', exposeErrors: false })
    expect(Movies.methods.getMovieById).to.include({ idempotent: true })
    expect(Movies).to.be.frozen
    expect(Movies.methods).to.be.frozen
  })

  it('knows the signatures of its methods', () => {
    const methods: MethodsOf<typeof Movies> = {
      getMovieById: (id: number) => ({ id, title: '' }),
      rent: (id, days) => `${id} ${days}`,
    }
    expect(methods.rent(1)).to.equal('1 undefined')
    // @ts-expect-error the id is a number
    const wrong: MethodsOf<typeof Movies> = { ...methods, getMovieById: (id: string) => id }
    expect(wrong).not.to.equal(methods)
  })

  it('refuses bad names, and no method at all', () => {
    expect(() => defineService({ app: '', group: 'catalog', methods: { a: method() } })).to.throw(TypeError, 'app ""')
    expect(() => defineService({ app: 'a', group: 'b', methods: { toString: method() } })).to.throw(
      TypeError,
      '"toString"',
    )
    expect(() => defineService({ app: 'a', group: 'b', methods: {} })).to.throw(TypeError, 'a/b has no method')
  })
})

describe('implement()', () => {
  it('offers what the contract lists and nothing else', async () => {
    const handlers = {
      getMovieById: async (id: number) => ({ id, title: 'x' }),
      rent: (id: number, days = 7) => `${id} for ${days}`,
      secret: () => 'secret',
    }
    const { declaration, methods } = implement(Movies, handlers)
    expect(declaration).to.include({ version: 'V1' })
    expect([...methods.keys()]).to.deep.equal(['getMovieById', 'rent'])
    expect(methods.get('getMovieById')).to.include({ idempotent: true })
    expect(await methods.get('getMovieById')?.run([1])).to.deep.equal({ id: 1, title: 'x' })
    expect(methods.get('rent')?.run([1])).to.equal('1 for 7')
  })

  it('takes an instance of a class, methods bound to it', () => {
    class Handlers {
      readonly #shop = 'here'
      getMovieById(id: number): Movie {
        return { id, title: this.#shop }
      }
      rent(): string {
        return this.#shop
      }
    }
    expect(implement(Movies, new Handlers()).methods.get('rent')?.run([])).to.equal('here')
  })

  it('refuses a missing handler, naming it', () => {
    const handlers = { getMovieById: (id: number) => ({ id, title: '' }) }
    // @ts-expect-error rent is missing
    expect(() => implement(Movies, handlers)).to.throw(TypeError, 'movie/catalog: no handler for "rent"')
  })

  it('does not compile with handlers of another signature', () => {
    const rent = (): string => ''
    // @ts-expect-error the reply of getMovieById is a movie
    expect(implement(Movies, { getMovieById: () => 7, rent }).methods.size).to.equal(2)
    // @ts-expect-error the id is a number
    expect(implement(Movies, { getMovieById: (id: string) => ({ id: 1, title: id }), rent }).methods.size).to.equal(2)
  })
})
