import { type Clock, providerRecord, RpcError, type ServiceKey, sleep } from '@kumquat/core'
import { eventually, handClock } from '@kumquat/core/testing'
import { memory, providersPath, type Registrar, registrar } from '@kumquat/registry'
import { expect } from 'chai'
import { registerAll } from '../src/registrations.ts'
import { rejection } from './rejection.ts'

const catalog = { app: 'movie', group: 'catalog' }
const rental = { app: 'movie', group: 'rental' }
const record = providerRecord({ host: '10.0.0.1', port: 1 })
const records = [catalog, rental].map((service) => ({ service, record }))

describe('registering all services', () => {
  /** A registrar over a real store that treats the second service in its own way. */
  const register = (second: (registrar: Registrar, clock: Clock) => ReturnType<Registrar['register']>) => {
    const store = memory()
    const real = registrar(store)
    const clock = handClock()
    const own: Registrar = {
      register: (service: ServiceKey, one) => (service === rental ? second(real, clock) : real.register(service, one)),
    }
    const names = async (): Promise<readonly string[]> => {
      const sets = await Promise.all([catalog, rental].map((service) => store.list(providersPath(service))))
      return sets.flat().map(({ path }) => path)
    }
    const options = { registrar: own, records, timeoutMs: 5_000, registryName: 'the registry memory:', clock }
    return { settled: registerAll(options), names, clock }
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

  it('gives up in time, and undoes what succeeds later', async () => {
    const { settled, names, clock } = register(async (real, clock) => {
      await sleep(clock, 6_000)
      return await real.register(rental, record)
    })
    const failed = rejection(settled)
    await clock.advance(5_000)
    expect((await failed).message).to.contain('no answer within 5000 ms')
    await clock.advance(1_000)
    await eventually(async () => expect(await names()).to.deep.equal([]))
    expect(clock.pending).to.equal(0)
  })
})
