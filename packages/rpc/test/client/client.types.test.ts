import type { PeerAnswer } from '@kumquat/cluster'
import type { Consumer, defineService } from '@kumquat/rpc'
import { type CallOptions, type Client, callOptions, type EachClient, type GivenOptions, method } from '@kumquat/rpc'
import { expect } from 'chai'
import { expectTypeOf } from 'expect-type'
import type { Movie, Movies } from '../movies.ts'

// What is checked here is checked by the compiler. The bodies never run: there is nobody behind these clients.
const unreal = <T>(): T => new Proxy(() => {}, { get: () => () => {}, apply: () => {} }) as T
const options = callOptions({ timeoutMs: 1 })

/** All that a method may look like. */
interface Shop {
  name: string
  price(id: number): number
  find(text: string, limit?: number): Promise<readonly string[]>
  tag(id: number, ...tags: string[]): void
  get(id: number): Movie
  get(title: string, year: number): readonly Movie[]
  load(id: number): Promise<Movie>
  load(title: string): Promise<readonly Movie[]>
  pick<T>(items: readonly T[]): Promise<T>
  first<T>(items: readonly T[]): T
  none(): undefined
  maybe: (() => string) | undefined
  then(): void
  with(): void
  toJSON(): void
  [Symbol.iterator](): void
}

class Till {
  readonly total: number = 0
  #secret(): number {
    return this.total
  }
  protected hidden(): number {
    return this.#secret()
  }
  private own(): number {
    return this.hidden()
  }
  pay(amount: number): number {
    return this.own() + amount
  }
  static open(): Till {
    return new Till()
  }
}

interface Repository<Row> {
  byId(id: number): Promise<Row | undefined>
  all(): readonly Row[]
}

describe('the type of a client', () => {
  type Face = Client<Shop>
  const shop = unreal<Face>()

  it('is the methods of an interface and with(), and nothing else', () => {
    expectTypeOf<keyof Face>().toEqualTypeOf<
      'price' | 'find' | 'tag' | 'get' | 'load' | 'pick' | 'first' | 'none' | 'with'
    >()
    expectTypeOf<Face['with']>().toEqualTypeOf<(options: CallOptions) => Face>()
  })

  it('is made of promises, whether the method is asynchronous or not', () => {
    expectTypeOf<Face['price']>().toEqualTypeOf<(id: number, options?: GivenOptions) => Promise<number>>()
    expectTypeOf<Face['none']>().toEqualTypeOf<(options?: GivenOptions) => Promise<undefined>>()
    expectTypeOf<Face['find']>().toEqualTypeOf<
      (text: string, limit?: number, options?: GivenOptions) => Promise<readonly string[]>
    >()
  })

  it('takes call options after arguments without number', () => {
    expectTypeOf(() => shop.tag(1, 'a', 'b')).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(() => shop.tag(1, 'a', 'b', options)).returns.toEqualTypeOf<Promise<void>>()
    expectTypeOf(() => shop.tag(1, options)).returns.toEqualTypeOf<Promise<void>>()
  })

  it('keeps overloads', () => {
    expectTypeOf(() => shop.get(1)).returns.toEqualTypeOf<Promise<Movie>>()
    expectTypeOf(() => shop.get('Brazil', 1985)).returns.toEqualTypeOf<Promise<readonly Movie[]>>()
    expectTypeOf(() => shop.get('Brazil', 1985, options)).returns.toEqualTypeOf<Promise<readonly Movie[]>>()
    expectTypeOf(() => shop.load(1, options)).returns.toEqualTypeOf<Promise<Movie>>()
    expectTypeOf(() => shop.load('Brazil', options)).returns.toEqualTypeOf<Promise<readonly Movie[]>>()
  })

  it('keeps type parameters of asynchronous methods; of others their bounds', () => {
    expectTypeOf(() => shop.pick([1, 2])).returns.toEqualTypeOf<Promise<number>>()
    expectTypeOf(() => shop.pick([1, 2], options)).returns.toEqualTypeOf<Promise<unknown>>()
    expectTypeOf(() => shop.first([1, 2])).returns.toEqualTypeOf<Promise<unknown>>()
  })

  it('is the public methods of a class', () => {
    expectTypeOf<keyof Client<Till>>().toEqualTypeOf<'pay' | 'with'>()
    expectTypeOf<Client<typeof Till>>().toEqualTypeOf<Client<Till>>()
    expect(Till.open().pay(1)).to.equal(1)
  })

  it('is that of a generic interface', () => {
    expectTypeOf<ReturnType<Client<Repository<Movie>>['byId']>>().toEqualTypeOf<Promise<Movie | undefined>>()
    expectTypeOf<ReturnType<Client<Repository<Movie>>['all']>>().toEqualTypeOf<Promise<readonly Movie[]>>()
  })

  it('is that of a contract', () => {
    const rent = method<(id: number, days?: number) => Promise<string>>()
    type Contract = ReturnType<typeof defineService<{ readonly rent: typeof rent }>>
    expectTypeOf<Client<Contract>['rent']>().toEqualTypeOf<
      (id: number, days?: number, options?: GivenOptions) => Promise<string>
    >()
  })

  it('stays the same under with()', () => {
    expectTypeOf(() => shop.with({ timeoutMs: 1 }).with({ lane: 'gray' }).price(1)).returns.toEqualTypeOf<
      Promise<number>
    >()
  })

  it('fits where an asynchronous interface is asked for', () => {
    interface Prices {
      price(id: number): Promise<number>
    }
    expectTypeOf<Face>().toExtend<Prices>()
  })

  it('comes of a class type, an interface or a contract that is imported as a type alone', () => {
    const { client, each, generic } = unreal<Consumer>()
    const key = { app: 'movie', group: 'catalog' }
    expectTypeOf(() => client<Movies>(key)).returns.toEqualTypeOf<Client<Movies>>()
    expectTypeOf(() => client<Movies>({ ...key, idempotent: ['rent'], timeouts: { rent: 1 } })).returns.toEqualTypeOf<
      Client<Movies>
    >()
    expectTypeOf(() => each<Movies>(key)).returns.toEqualTypeOf<EachClient<Movies>>()
    expectTypeOf(() => generic.call('movie/catalog', 'rent', [1])).returns.toEqualTypeOf<Promise<unknown>>()
    const wrong = [
      // @ts-expect-error no such method
      () => client<Movies>({ ...key, idempotent: ['rant'] }),
      // @ts-expect-error no such method
      () => client<Movies>({ ...key, timeouts: { rant: 1 } }),
      // @ts-expect-error no group
      () => client<Movies>({ app: 'movie' }),
    ]
    expect(wrong).to.have.length(3)
  })

  it('does not compile with wrong names, arguments, options or results', () => {
    const wrong = [
      // @ts-expect-error no such method
      () => shop.prize(1),
      // @ts-expect-error not a method
      () => shop.name,
      // @ts-expect-error a number is asked for
      () => shop.price('1'),
      // @ts-expect-error one argument too few
      () => shop.price(),
      // @ts-expect-error one argument too many
      () => shop.price(1, 2),
      // @ts-expect-error options are made by callOptions()
      () => shop.price(1, { timeoutMs: 1 }),
      // @ts-expect-error they come last
      () => shop.price(options, 1),
      // @ts-expect-error no overload like this
      () => shop.get('Brazil'),
      // @ts-expect-error tags are strings
      () => shop.tag(1, 2),
      // @ts-expect-error the result is a promise
      (): number => shop.price(1),
      // @ts-expect-error of a number
      (): Promise<string> => shop.price(1),
      // @ts-expect-error no such option
      () => shop.with({ retries: 3 }),
      // @ts-expect-error no such option
      () => callOptions({ retries: 3 }),
      // @ts-expect-error a string
      () => shop.with({ key: 1 }),
      // @ts-expect-error it is not a promise
      () => shop.then(() => {}),
      // @ts-expect-error it cannot be written to
      () => (Object.assign(shop, {}).price = () => Promise.resolve(1)),
    ]
    expect(wrong).to.have.length(16)
  })
})

describe('the type of a client of each provider', () => {
  const shop = unreal<EachClient<Shop>>()

  it('is what every one of them said', () => {
    expectTypeOf(() => shop.price(1)).returns.toEqualTypeOf<Promise<readonly PeerAnswer<number>[]>>()
    expectTypeOf(() => shop.with({ timeoutMs: 1 }).find('a', 1, options)).returns.toEqualTypeOf<
      Promise<readonly PeerAnswer<readonly string[]>[]>
    >()
  })

  it('is a value or an error', () => {
    const told = (answer: PeerAnswer<number>): number => ('error' in answer ? -1 : answer.value)
    expect(told({ peer: '10.0.0.1:1', value: 7 })).to.equal(7)
    expect(told({ peer: '10.0.0.1:1', error: 'no' })).to.equal(-1)
  })

  it('names no peer', () => {
    const wrong = [
      // @ts-expect-error each is called
      () => shop.with({ peer: '10.0.0.1:1' }),
      // @ts-expect-error a number is asked for
      () => shop.price('1'),
    ]
    expect(wrong).to.have.length(2)
  })
})
