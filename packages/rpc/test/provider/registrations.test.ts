import { type Clock, providerRecord, RpcError, type ServiceKey, sleep } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { MemoryTree, memory, providersPath, type Registrar, registrar } from '@kumquat/registry'
import { expect } from 'chai'
import { registerAll } from '../../src/provider/registrations.ts'
import { rejection } from '../rejection.ts'

const catalog = { app: 'movie', group: 'catalog' }
const rental = { app: 'movie', group: 'rental' }
const record = providerRecord({ host: '10.0.0.1', port: 1 })
const records = [catalog, rental].map((service) => ({ service, record }))

describe('registering all services', () => {
  /** A registrar over a real store that treats the second service in its own way. */
  const register = (second: (registrar: Registrar, clock: Clock) => ReturnType<Registrar['register']>) => {
    const tree = new MemoryTree()
    const store = memory({ tree })
    const real = registrar(store)
    const clock = handClock()
    const own: Registrar = {
      register: (service: ServiceKey, one) => (service === rental ? second(real, clock) : real.register(service, one)),
    }
    const names = async (): Promise<readonly string[]> => {
      const sets = await Promise.all([catalog, rental].map((service) => store.list(providersPath(service))))
      return sets.flat().map(({ path }) => path)
    }
    const { session } = store
    const options = { registrar: own, records, timeoutMs: 5_000, session, registryName: 'the registry memory:', clock }
    return { settled: registerAll(options), names, clock, tree }
  }

  it('registers each', async () => {
    const { settled, names, clock } = register((real) => real.register(rental, record))
    expect(await settled).to.have.length(2)
    expect(await names()).to.have.length(2)
    expect(clock.pending).to.equal(0)
  })

  it('undoes what it did when one fails, naming the registry and the next step', async () => {
    const down = new RpcError('unavailable', 'connection loss', { outcome: 'not-run' })
    const { settled, names } = register(() => Promise.reject(down))
    const error = await rejection(settled)
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run', cause: down })
    expect(error.message).to.equal(
      'movie/catalog, movie/rental could not be registered in the registry memory:: connection loss; see that it runs and can be reached',
    )
    await eventually(async () => expect(await names()).to.deep.equal([]))
  })

  it('lets a refusal pass as it is', async () => {
    const taken = new RpcError('already_exists', 'somebody is there')
    expect(await rejection(register(() => Promise.reject(taken)).settled)).to.equal(taken)
  })

  it('gives up in time on a registry that does not answer, and undoes what succeeds later', async () => {
    const { settled, names, clock, tree } = register(async (real, clock) => {
      await sleep(clock, 6_000)
      return await real.register(rental, record)
    })
    const failed = rejection(settled)
    await clock.advance(4_999)
    tree.cut()
    await clock.advance(1)
    expect((await failed).message).to.contain('no answer within 5000 ms')
    tree.mend()
    await clock.advance(1_000)
    await eventually(async () => expect(await names()).to.deep.equal([]))
    expect(clock.pending).to.equal(0)
  })

  it('has more patience with one that answers: it may have to see a former holder of the address die', async () => {
    const waiting = (ms: number) =>
      register(async (real, clock) => {
        await sleep(clock, ms)
        return await real.register(rental, record)
      })
    const short = waiting(14_000)
    await short.clock.advance(14_000)
    expect(await short.settled).to.have.length(2)
    const long = waiting(16_000)
    const failed = rejection(long.settled)
    await long.clock.advance(15_000)
    expect((await failed).message).to.contain('not done within 15000 ms')
    await long.clock.advance(1_000)
    await eventually(async () => expect(await long.names()).to.deep.equal([]))
  })
})
