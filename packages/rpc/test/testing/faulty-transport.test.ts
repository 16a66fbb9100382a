import { eventually, handClock } from '@kumquat/core/testing'
import { faultyTransport } from '@kumquat/rpc/testing'
import { expect } from 'chai'
import { Movies } from '../movies.ts'
import { rejection } from '../rejection.ts'
import { calling, type Serving, serving } from '../serving.ts'
import { Feeds } from '../stream-trials/feeds.ts'
import { all, failing } from '../stream-trials/stream-stage.ts'

describe('a faulty transport', () => {
  const clock = handClock()
  const transport = faultyTransport({ clock })
  const [first, second] = [new Movies(), new Movies()]
  let lines: readonly [Serving, Serving]
  const rent = calling('rent', [1], { deadline: 1_000_000 })

  before(async () => {
    lines = [
      await serving({ transport, clock, services: [first] }),
      await serving({ transport, clock, services: [second] }),
    ]
  })
  after(async () => {
    for (const line of lines) await line[Symbol.asyncDispose]()
  })
  beforeEach(() => {
    transport.mend()
    first.entered.length = 0
  })

  it('carries calls on good days', async () => {
    expect(lines[0].endpoint.status).to.equal('open')
    expect(await lines[0].endpoint.invoke(rent)).to.deep.equal({ value: '1 for 7 days' })
  })

  it('refuses what has not left', async () => {
    transport.refuse(lines[0].address)
    expect(lines[0].endpoint.status).to.equal('closed')
    const error = await rejection(lines[0].endpoint.invoke(rent))
    expect(error).to.include({ code: 'unavailable', outcome: 'not-run' })
    expect(error.message).to.equal(`${lines[0].address} refuses calls: mend() it`)
    expect(first.entered).to.deep.equal([])
    expect(lines[1].endpoint.status).to.equal('open')
    expect(await lines[1].endpoint.invoke(rent)).to.have.property('value')
  })

  it('loses the answers of what has run, failures included', async () => {
    transport.cut(lines[0].address)
    for (const call of [rent, calling('fail', [], { deadline: 1_000_000 })]) {
      const error = await rejection(lines[0].endpoint.invoke(call))
      expect(error).to.include({ code: 'unavailable', outcome: 'unknown' })
      expect(error.message).to.equal(`the answer of ${lines[0].address} was lost: mend() the line`)
    }
    expect(first.entered).to.deep.equal(['rent'])
    expect(lines[0].endpoint.status).to.equal('open')
  })

  it('holds calls up', async () => {
    transport.delay(100, lines[0].address)
    const late = lines[0].endpoint.invoke(rent)
    await clock.advance(99)
    expect(first.entered).to.deep.equal([])
    await clock.advance(1)
    expect(await late).to.have.property('value')
  })

  it('ends a call that is held up at its deadline', async () => {
    transport.delay(5_000, lines[0].address)
    const late = rejection(lines[0].endpoint.invoke({ ...rent, deadline: clock.now() + 100 }))
    await clock.advance(100)
    expect(await late).to.include({ code: 'deadline_exceeded', outcome: 'not-run' })
    expect(clock.pending).to.equal(0)
  })

  it('has switches of all lines beside those of one', async () => {
    transport.refuse()
    transport.delay(10, lines[0].address)
    for (const { endpoint } of lines) expect(endpoint.status).to.equal('closed')
    transport.mend(lines[0].address)
    expect(lines[0].endpoint.status).to.equal('closed')
    transport.mend()
    for (const { endpoint } of lines) expect(endpoint.status).to.equal('open')
    expect(await lines[0].endpoint.invoke(rent)).to.have.property('value')
  })

  describe('under a stream', () => {
    const feeds = new Feeds()
    let line: Serving
    const count = (): AsyncIterable<unknown> =>
      line.endpoint.stream!({
        service: { app: 'trial', group: 'feeds' },
        ...{ method: 'count', args: [3], attachments: {}, idempotent: false, stream: 'server' },
      })
    before(async () => {
      line = await serving({ transport, clock, services: [feeds] })
    })
    after(() => line[Symbol.asyncDispose]())
    beforeEach(() => {
      feeds.events.length = 0
    })

    it('carries it on good days', async () => {
      expect(await all(count())).to.deep.equal([0, 1, 2])
    })

    it('refuses what has not left', async () => {
      transport.refuse(line.address)
      expect((await failing(count())).error).to.include({ code: 'unavailable', outcome: 'not-run' })
      expect(feeds.events).to.deep.equal([])
    })

    it('is cut in the middle, at both ends', async () => {
      const iterator = count()[Symbol.asyncIterator]()
      expect(await iterator.next()).to.deep.equal({ done: false, value: 0 })
      transport.cut(line.address)
      expect(await rejection(iterator.next())).to.include({ code: 'unavailable', outcome: 'unknown' })
      await eventually(() => expect(feeds.events).to.deep.equal(['count entered', 'count aborted']))
    })
  })
})
