import { chain, cluster, explain, failover, gray, type Peers, random, serving, version } from '@kumquat/cluster'
import { Cell, RpcError } from '@kumquat/core'
import { expect } from 'chai'
import { call, idsOf, peer } from '../parts.ts'
import { routerContract } from './contract.ts'

routerContract('serving', serving, [call(), call({ method: 'rent' })])

describe('serving', () => {
  const failureOf = async (peers: Peers, route = chain(serving()), method = 'getMovieByIt'): Promise<RpcError> => {
    const invoke = cluster({ peers: new Cell(peers), route, balance: random(), strategy: failover() })
    const error: unknown = await invoke(call({ method })).catch((thrown: unknown) => thrown)
    if (RpcError.is(error)) return error
    throw new Error('expected an RpcError', { cause: error })
  }

  it('keeps peers that list the method of the call, and those of which nothing is known', () => {
    const peers = [peer(1, { methods: ['rent'] }), peer(2, { methods: ['getMovieById', 'rent'] }), peer(3)]
    const route = serving()
    expect(idsOf(route(peers, call()))).to.deep.equal(['10.0.0.1:20002', '10.0.0.1:20003'])
    expect(route(peers, call({ method: 'rent' }))).to.equal(peers)
  })

  it('takes an empty list for none: nobody provides nothing', () => {
    const peers = [peer(1, { methods: [] })]
    expect(serving()(peers, call())).to.equal(peers)
  })

  it('keeps what it found for as many methods as a record may list', () => {
    const methods = Array.from({ length: 1_000 }, (_, n) => `method${n}`)
    const peers = [peer(1, { methods: methods.slice(1) }), peer(2, { methods })]
    const route = serving()
    const first = methods.map((method) => route(peers, call({ method })))
    for (const [n, method] of methods.entries()) expect(route(peers, call({ method }))).to.equal(first[n])
    expect(idsOf(first[0]!)).to.deep.equal(['10.0.0.1:20002'])
  })

  it('refuses at once what nobody has, with the name that was meant', async () => {
    const methods = ['getMovieById', 'rent']
    const error = await failureOf([peer(1, { methods }), peer(2, { methods })])
    expect(error).to.include({ code: 'unimplemented', outcome: 'not-run' })
    expect(error.message).to.equal(
      'no provider of movie/catalog has a method "getMovieByIt", did you mean "getMovieById"? (2 asked, which list: getMovieById, rent)',
    )
  })

  it('names no more than twenty methods, and cuts what was asked for', async () => {
    const methods = Array.from({ length: 21 }, (_, n) => `method${n}`)
    const { message } = await failureOf([peer(1, { methods })], chain(serving()), 'x'.repeat(100_000))
    expect(message).to.contain('method19, …)').and.to.have.length.below(600)
  })

  it('refuses what no peer of the version has, whatever others have', async () => {
    const peers = [peer(1, { version: 'V1', methods: ['a'] }), peer(2, { version: 'V2', methods: ['a', 'fresh'] })]
    const error = await failureOf(peers, chain(version({ version: 'V1' }), serving()), 'fresh')
    expect(error.code).to.equal('unimplemented')
    expect(error.message).to.contain('(1 asked, which list: a)')
  })

  it('leaves a lack that other routers made to them', async () => {
    const peers = [peer(1, { methods: ['a'] }), peer(2, { gray: true, methods: ['a', 'fresh'] })]
    const error = await failureOf(peers, chain(serving(), gray()), 'fresh')
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.contain('2 known, 1 with method fresh, none in lane stable')
  })

  it('says why it dropped a peer', () => {
    const peers = [peer(1, { methods: ['rent'] }), peer(2)]
    expect(explain(serving(), peers, call()).fates[0]!.words).to.equal(
      '10.0.0.1:20001 is dropped: its record lists other methods, not getMovieById; asked for peers with method getMovieById',
    )
  })
})
