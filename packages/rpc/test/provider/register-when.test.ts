import { silent } from '@kumquat/core'
import { eventually, handClock, recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'
import { Presence } from '../../src/provider/presence.ts'
import { assertRegisterWhen, registerWhen } from '../../src/provider/register-when.ts'

describe('the time to register', () => {
  const begin = () => {
    const clock = handClock()
    const logger = recordingLogger()
    const presence = new Presence({ records: [], enter: async () => [], isWell: true, clock, logger: silent })
    return { clock, logger, presence, parts: { presence, clock, logger } }
  }

  it('comes after so many ms', async () => {
    const { clock, presence, parts } = begin()
    registerWhen({ afterMs: 3_000 }, parts)
    await clock.advance(2_999)
    expect(presence.readiness).to.equal('starting')
    await clock.advance(1)
    expect(presence.readiness).to.equal('ready')
    expect(clock.pending).to.equal(0)
  })

  it('comes when a promise is kept', async () => {
    const { clock, presence, parts } = begin()
    const { promise, resolve } = withResolvers()
    registerWhen(promise, parts)
    await clock.advance(100_000)
    expect(presence.readiness).to.equal('starting')
    resolve()
    await eventually(() => expect(presence.readiness).to.equal('ready'))
  })

  it('never comes when the promise is broken, which is said', async () => {
    const { clock, logger, presence, parts } = begin()
    registerWhen(Promise.reject(new Error('no cache')), parts)
    await clock.advance(1)
    expect(presence.readiness).to.equal('starting')
    expect(logger.lines[0]).to.include({ level: 'error' })
    expect(logger.lines[0]?.message).to.contain('call register() once all is well')
  })

  it('does not come after it was called off, nor alone when it is told by hand', async () => {
    const { clock, logger, presence, parts } = begin()
    const { promise, resolve } = withResolvers()
    for (const when of [{ afterMs: 0 }, promise, Promise.reject(new Error('no cache')), 'manual'] as const) {
      registerWhen(when, parts)[Symbol.dispose]()
    }
    registerWhen('manual', parts)
    resolve()
    await clock.advance(1_000)
    expect(presence.readiness).to.equal('starting')
    expect([clock.pending, logger.lines.length]).to.deep.equal([0, 0])
  })

  it('is one of these', () => {
    for (const when of ['now', 'manual', { afterMs: 0 }, { afterMs: 2 ** 31 - 1 }, Promise.resolve()]) {
      assertRegisterWhen(when)
    }
    for (const afterMs of [-1, 0.5, 2 ** 31, '5', Number.NaN]) {
      const bad = `register.afterMs must be an integer from 0 to 2147483647, got ${afterMs}`
      expect(() => assertRegisterWhen({ afterMs })).to.throw(RangeError, bad)
    }
    for (const bad of ['later', {}, null, 5, true]) {
      const message = `register must be "now", "manual", { afterMs } or a promise, got ${JSON.stringify(bad)}`
      expect(() => assertRegisterWhen(bad)).to.throw(TypeError, message)
    }
  })
})

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve = (): void => {}
  const promise = new Promise<void>((kept) => {
    resolve = kept
  })
  return { promise, resolve }
}
