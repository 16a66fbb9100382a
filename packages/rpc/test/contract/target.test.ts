import { defineService, method, service } from '@kumquat/rpc'
import { expect } from 'chai'
import { targetOf } from '../../src/contract/target.ts'

describe('the target of a client', () => {
  it('is a class: its service, version and idempotent methods', () => {
    @service({ app: 'movie', group: 'catalog', version: 'V1' })
    class Movies {
      @method({ idempotent: true }) get(): void {}
      @method() rent(): void {}
    }
    const { service: key, version, idempotent } = targetOf(Movies)
    expect(key).to.deep.equal({ app: 'movie', group: 'catalog' })
    expect(version).to.equal('V1')
    expect([...idempotent]).to.deep.equal(['get'])
  })

  it('is a contract', () => {
    const contract = defineService({
      app: 'movie',
      group: 'catalog',
      methods: { get: method({ idempotent: true }), rent: method() },
    })
    const { service: key, version, idempotent } = targetOf(contract)
    expect(key).to.deep.equal({ app: 'movie', group: 'catalog' })
    expect(version).to.equal('')
    expect([...idempotent]).to.deep.equal(['get'])
  })

  it('is a name, with what it says of the methods', () => {
    const { service: key, version, idempotent } = targetOf({ app: 'a', group: 'b', version: 'V2', idempotent: ['get'] })
    expect(key).to.deep.equal({ app: 'a', group: 'b' })
    expect(version).to.equal('V2')
    expect([...idempotent]).to.deep.equal(['get'])
  })

  it('is a name, with the times of its methods as data says them', () => {
    const { timeouts } = targetOf({ app: 'a', group: 'b', timeouts: { get: 1, rent: 2 ** 31 - 1 } })
    expect([...timeouts!]).to.deep.equal([
      ['get', 1],
      ['rent', 2 ** 31 - 1],
    ])
    expect(() => targetOf({ app: 'a', group: 'b', timeouts: { get: 0 } })).to.throw(
      RangeError,
      'timeouts.get must be from 1',
    )
  })

  it('is not a class without @service()', () => {
    class Movies {}
    expect(() => targetOf(Movies)).to.throw(TypeError, 'the class Movies is not a service: put @service(')
  })

  it('is not a bad name', () => {
    expect(() => targetOf({ app: 'a b', group: 'c' })).to.throw(TypeError, 'app "a b"')
  })
})
