import { type Clock, silent, sleep } from '@kumquat/core'
import { handClock, recordingLogger } from '@kumquat/core/testing'
import { memoryTransport } from '@kumquat/rpc'
import { expect } from 'chai'
import { goodbye } from '../../src/provider/goodbye.ts'
import { Movies } from '../movies.ts'
import { calling, serving } from '../serving.ts'

describe('a goodbye', () => {
  const { deadline: _, ...call } = calling('nothing')
  const leaving = async (unregister: (clock: Clock) => Promise<void> = async () => {}) => {
    const clock = handClock()
    const logger = recordingLogger()
    const movies = new Movies(clock)
    const { listener, endpoint } = await serving({
      transport: memoryTransport({ clock }),
      clock,
      services: [movies],
      logger: silent,
    })
    const events: string[] = []
    const registrations = [
      {
        async [Symbol.asyncDispose]() {
          events.push(`unregistered, endpoint ${endpoint.status}`)
          await unregister(clock)
        },
      },
    ]
    const end = goodbye({
      listener,
      registrations,
      quietMs: 1_000,
      noticeMs: 10_000,
      drainTimeoutMs: 30_000,
      clock,
      logger,
    })
    void end.then(() => events.push(`closed at ${clock.now()}`))
    return { clock, logger, endpoint, events }
  }

  it('is said to callers and to the registry, before anything is refused', async () => {
    const { clock, endpoint, events } = await leaving()
    await clock.advance(1)
    expect(events).to.deep.equal(['unregistered, endpoint closed'])
    expect(await endpoint.invoke(call)).to.deep.equal({ value: null })
  })

  it('closes when nobody has called for a second', async () => {
    const { clock, events } = await leaving()
    await clock.advance(999)
    expect(events).to.have.length(1)
    await clock.advance(1)
    expect(events[1]).to.equal('closed at 1000')
    expect(clock.pending).to.equal(0)
  })

  it('serves on for those who have not heard, each call putting it off', async () => {
    const { clock, endpoint, events } = await leaving()
    for (let i = 0; i < 4; i++) {
      await clock.advance(900)
      expect(await endpoint.invoke(call)).to.deep.equal({ value: null })
    }
    await clock.advance(999)
    expect(events).to.have.length(1)
    await clock.advance(1)
    expect(events[1]).to.equal('closed at 4600')
  })

  it('is not put off for longer than 10 s', async () => {
    const { clock, endpoint, events } = await leaving()
    for (let i = 0; i < 19; i++) {
      await clock.advance(500)
      await endpoint.invoke(call)
    }
    await clock.advance(500)
    expect(events[1]).to.equal('closed at 10000')
  })

  it('waits for calls in flight, up to the bound', async () => {
    const { clock, endpoint, events } = await leaving()
    const inTime = endpoint.invoke({ ...call, method: 'slow', args: [20_000] })
    await clock.advance(19_999)
    expect(events).to.have.length(1)
    await clock.advance(1)
    expect(await inTime).to.deep.equal({ value: 'done' })
    expect(events[1]).to.equal('closed at 20000')

    const late = await leaving()
    late.endpoint.invoke({ ...call, method: 'slow', args: [99_000] }).catch(() => {})
    await late.clock.advance(1_000 + 30_000)
    expect(late.events[1]).to.equal('closed at 31000')
  })

  it('does not depend on a registry that is down', async () => {
    const failing = await leaving(() => Promise.reject(new Error('no registry')))
    await failing.clock.advance(1_000)
    expect(failing.events[1]).to.equal('closed at 1000')
    expect(failing.logger.lines[0]).to.include({ level: 'warn', message: 'leaving without having unregistered' })

    const hanging = await leaving(() => new Promise(() => {}))
    await hanging.clock.advance(10_000)
    expect(hanging.events[1]).to.equal('closed at 10000')
    expect(hanging.logger.lines).to.have.length(1)
  })

  it('counts the quiet from when the registry has taken it out', async () => {
    const slow = await leaving((clock) => sleep(clock, 600))
    await slow.clock.advance(1_599)
    expect(slow.events).to.have.length(1)
    await slow.clock.advance(1)
    expect(slow.events[1]).to.equal('closed at 1600')
  })
})
