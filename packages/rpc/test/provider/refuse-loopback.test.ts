import { RpcError, silent } from '@kumquat/core'
import { MemoryTree, memory } from '@kumquat/registry'
import { type ProviderOptions, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { refuseLoopback } from '../../src/provider/refuse-loopback.ts'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'

describe('a loopback address', () => {
  const others = 'zookeeper://ann:secret@zk1:2181,zk2:2181/shop'
  const judged = (host: string, registry: unknown, isMeant = false): unknown => {
    try {
      refuseLoopback({ host, registry, isMeant })
      return 'allowed'
    } catch (error) {
      return error
    }
  }

  it('is refused where other machines read the registry, naming both and what to do', () => {
    const error = judged('127.0.0.1', others)
    expect(error).to.be.instanceOf(RpcError).and.to.include({ code: 'failed_precondition', outcome: 'not-run' })
    expect(String(error))
      .to.contain('127.0.0.1 would be advertised in the registry zookeeper://zk1:2181,zk2:2181/shop')
      .and.to.contain('host: "0.0.0.0"')
      .and.to.contain('advertise: "127.0.0.1"')
      .and.to.contain('allowLoopback: true')
      .and.not.to.contain('secret')
  })
  for (const host of ['::1', 'localhost', '127.3.2.1']) {
    it(`is ${host} too`, () => expect(judged(host, others)).to.be.instanceOf(RpcError))
  }
  it('is no other', () => {
    for (const host of ['10.0.0.7', 'shop.example']) expect(judged(host, others)).to.equal('allowed')
  })
  it('is allowed to who means it', () => expect(judged('127.0.0.1', others, true)).to.equal('allowed'))
  it('is allowed where the registry is on this machine too, or an open store', () => {
    for (const registry of ['memory:', 'file:./.kumquat', 'zookeeper://localhost,[::1]:2182', memory()]) {
      expect(judged('127.0.0.1', registry)).to.equal('allowed')
    }
  })

  describe('of a provider', () => {
    // Of the documentation: nobody is there, and nobody is asked.
    const registry = 'redis://192.0.2.1:6379'
    const provide = (options: Partial<ProviderOptions> = {}): Promise<unknown> =>
      rejection(provider({ registry, services: [new Movies()], registerTimeoutMs: 50, logger: silent, ...options }))

    it('is refused before anything is opened, whenever it is to register', async () => {
      for (const more of [{}, { host: 'localhost' }, { register: 'manual' as const }]) {
        expect(await provide(more)).to.include({ code: 'failed_precondition' })
      }
      expect(await provide({ advertise: '127.0.0.1', allowLoopback: false })).to.include({
        code: 'failed_precondition',
      })
    })
    it('is tried when it is advertised by name or allowed', async () => {
      for (const more of [{ advertise: '127.0.0.1' }, { allowLoopback: true }]) {
        expect(await provide(more)).to.include({ code: 'unavailable' })
      }
    })
    it('is of no interest to a store that is open', async () => {
      await using store = memory({ tree: new MemoryTree() })
      const made = await provider({ registry: store, services: [new Movies()], quietMs: 0 })
      await made.stop()
    })
  })
})
