import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually, handClock } from '@kumquat/core/testing'
import { METRICS, type StatsdOptions, statsd } from '@kumquat/monitor'
import { expect } from 'chai'
import { type StatsdServer, startStatsd } from '../../../../test/servers/statsd.ts'
import { observe, start } from '../parts.ts'

const METHOD = 'movie.catalog.getmoviebyid'

describe('statsd, at a real daemon', () => {
  let server: StatsdServer

  before(async () => {
    server = await startStatsd()
  })

  after(async () => {
    await server[Symbol.asyncDispose]()
  })

  it('receives counters that add up to exactly the calls made', async () => {
    const sink = statsd({ port: server.port, prefix: 'exact', flushEveryMs: 10 })
    const received = async (calls: number): Promise<Counters> => {
      const counters = pick(await server.counters(), 'exact.')
      expect(sum(counters, /\.calls\./)).to.equal(calls)
      return counters
    }
    for (let i = 0; i < 4_000; i++) {
      observe(sink, {
        code: i % 10 === 0 ? 'not_found' : 'ok',
        durationMs: i / 10,
        lane: i % 2 === 0 ? 'gray' : 'stable',
      })
      observe(sink, { kind: 'call', method: `method${i % 7}` })
      observe(sink, { kind: 'attempt', attempt: (i % 4) + 1 })
      if (i % 200 !== 199) continue
      // A busy machine drops what a UDP socket is sent faster than its owner reads: that would be no fault of ours.
      await sink.flush()
      await eventually(() => received(2 * (i + 1)))
    }
    await sink[Symbol.asyncDispose]()
    const sent = await received(8_000)
    expect(sent).to.include({
      [`exact.server.${METHOD}.calls.ok`]: 3_600,
      [`exact.server.${METHOD}.calls.not_found`]: 400,
      [`exact.client.${METHOD}.retries`]: 3_000,
    })
    expect(sum(sent, /^exact\.client\.movie\.catalog\.method\d\.calls\.ok$/)).to.equal(4_000)
    expect(sink).to.include({ dropped: 0, errors: 0 })
  })

  it('receives every response time, in ms', async () => {
    const sink = statsd({ port: server.port, prefix: 'times' })
    for (const durationMs of [0.0004, 1.23456, 250]) observe(sink, { durationMs })
    await sink[Symbol.asyncDispose]()
    await eventually(async () => {
      expect((await server.timers())[`times.server.${METHOD}.call_duration`]).to.deep.equal([0, 1.235, 250])
    })
  })

  it('receives what is in flight, when that changes', async () => {
    const sink = statsd({ port: server.port, prefix: 'flight' })
    sink.started(start())
    sink.started(start())
    await sink.flush()
    await eventually(async () => expect((await server.gauges())[`flight.server.${METHOD}.inflight`]).to.equal(2))
    sink.ended({ ...start(), code: 'ok', durationMs: 1 })
    sink.ended({ ...start(), code: 'ok', durationMs: 1 })
    await sink[Symbol.asyncDispose]()
    await eventually(async () => expect((await server.gauges())[`flight.server.${METHOD}.inflight`]).to.equal(0))
  })

  it('reads every line, whatever methods and services are called', async () => {
    const sink = statsd({ port: server.port, prefix: 'hostile' })
    const names = ['a\nb:1|c', 'a|c', 'a:1|ms', '日本', 'x'.repeat(300), '', '-', 'a#b,c', '%s', '__proto__']
    for (const name of names) {
      observe(sink, { method: name })
      observe(sink, { service: { app: name, group: name }, method: name })
      observe(sink, { code: name as 'ok' })
    }
    await sink[Symbol.asyncDispose]()
    const counters = await eventually(async () => {
      const all = await server.counters()
      expect(sum(pick(all, 'hostile.'), /\.calls\./)).to.equal(3 * names.length)
      return all
    })
    expect(counters['statsd.bad_lines_seen']).to.equal(0)
    for (const name of Object.keys(counters)) expect(name).to.match(/^[a-z0-9_-]+(\.[a-z0-9_-]{1,64})+$/)
  })

  it('is told under `_other` what finds no room, and how much that was', async () => {
    const sink = statsd({ port: server.port, prefix: 'crowd', maxSeries: 100 })
    for (let i = 0; i < 500; i++) observe(sink, { method: `fake${i}` })
    await sink[Symbol.asyncDispose]()
    await eventually(async () => {
      const counters = pick(await server.counters(), 'crowd.')
      expect(sum(counters, /\.calls\./)).to.equal(500)
      expect(counters['crowd.server.movie.catalog._other.calls.ok']).to.equal(counters['crowd.monitor.dropped.series'])
    })
  })

  for (const ending of ['dispose, then exit', 'exit', 'nothing left to do']) {
    it(`has every call of a process that ends right after: ${ending}`, async () => {
      const before = (await server.counters())[`kumquat.server.${METHOD}.calls.ok`] ?? 0
      const script = fileURLToPath(new URL('one-shot.ts', import.meta.url))
      const flags = ['--import', 'tsx', '--conditions', '@kumquat/source']
      const child = spawn(process.execPath, [...flags, script, String(server.port), ending], { stdio: 'inherit' })
      expect(await once(child, 'exit')).to.deep.equal([0, null])
      await eventually(async () => {
        expect((await server.counters())[`kumquat.server.${METHOD}.calls.ok`]).to.equal(before + 3)
      })
    })
  }

  it('receives only names of the catalogue', async () => {
    const sink = statsd({ port: server.port, prefix: 'catalogue', maxSeries: 100 })
    for (let i = 0; i < 300; i++) observe(sink, { kind: i % 2 === 0 ? 'call' : 'served', method: `m${i}` })
    observe(sink, { kind: 'attempt', attempt: 2 })
    sink.started(start())
    await sink[Symbol.asyncDispose]()
    const wanted = Object.values(METRICS).map(({ statsd: name = '' }) => {
      return new RegExp(`^catalogue\\.${name.replaceAll('.', '\\.').replace(/<\w+>/g, '[a-z0-9_-]+')}$`)
    })
    const names = await eventually(async () => {
      const all = { ...(await server.counters()), ...(await server.gauges()), ...(await server.timers()) }
      const sent = Object.keys(all).filter((name) => name.startsWith('catalogue.'))
      expect(sent.some((name) => name.endsWith('.inflight'))).to.equal(true)
      return sent
    })
    for (const name of names)
      expect(
        wanted.some((pattern) => pattern.test(name)),
        name,
      ).to.equal(true)
  })
})

describe('statsd', () => {
  it('fills packets with whole lines, and none beyond its limit', async () => {
    await using server = await receiver()
    const sink = statsd({ port: server.port, maxPacketBytes: 512 })
    for (let i = 0; i < 200; i++) observe(sink, { durationMs: i })
    await sink[Symbol.asyncDispose]()
    await eventually(() => expect(lines(server.packets).filter((line) => line.endsWith('|ms'))).to.have.length(200))
    for (const packet of server.packets) expect(packet.length).to.be.at.most(512)
    for (const line of lines(server.packets)) expect(line).to.match(/^[a-z0-9_.-]+:[\d.]+\|(c|ms|g)$/)
    expect(server.packets.length, 'packets are filled').to.be.below(40)
  })

  it('flushes once a second by its clock, and holds no timer when there is nothing to send', async () => {
    await using server = await receiver()
    const clock = handClock()
    const sink = statsd({ port: server.port, clock })
    expect(clock.pending).to.equal(0)
    observe(sink)
    await clock.advance(999)
    expect(server.packets).to.deep.equal([])
    await clock.advance(1)
    await eventually(() => expect(lines(server.packets)).to.include(`kumquat.server.${METHOD}.calls.ok:1|c`))
    expect(clock.pending).to.equal(0)
    await sink[Symbol.asyncDispose]()
    expect(clock.pending).to.equal(0)
  })

  it('sends nothing of what is observed after it was disposed, and may be disposed twice', async () => {
    await using server = await receiver()
    const sink = statsd({ port: server.port })
    observe(sink)
    await Promise.all([sink[Symbol.asyncDispose](), sink[Symbol.asyncDispose]()])
    observe(sink)
    await sink.flush()
    await sink[Symbol.asyncDispose]()
    await eventually(() => expect(lines(server.packets).filter((line) => line.endsWith('|c'))).to.have.length(1))
    expect(sink.dropped).to.equal(0)
  })

  it('leaves no listener and no socket behind', async () => {
    const listeners = process.listenerCount('exit')
    const sink = statsd({ port: 9 })
    expect(process.listenerCount('exit')).to.equal(listeners + 1)
    observe(sink)
    await sink[Symbol.asyncDispose]()
    expect(process.listenerCount('exit')).to.equal(listeners)
  })

  it('does no harm when there is no server, and says so in its errors', async () => {
    const sink = statsd({ port: await deadPort() })
    await eventually(async () => {
      observe(sink)
      await sink.flush()
      expect(sink.errors).to.be.above(0)
    })
    await sink[Symbol.asyncDispose]()
  })

  it('reaches a server that was not there before', async () => {
    const port = await deadPort()
    const sink = statsd({ port })
    await eventually(async () => {
      observe(sink)
      await sink.flush()
      expect(sink.errors).to.be.above(0)
    })
    await using server = await receiver(port)
    observe(sink, { method: 'late' })
    await sink[Symbol.asyncDispose]()
    await eventually(() => expect(server.packets.join()).to.include('late.calls.ok:1|c'))
  })

  it('does no harm when the name of the server leads nowhere', async () => {
    const sink = statsd({ host: `${'x'.repeat(64)}.invalid`, maxBufferedBytes: 4_096 })
    for (let i = 0; i < 1_000; i++) observe(sink)
    await sink[Symbol.asyncDispose]()
    expect(sink.errors).to.be.above(0)
    expect(sink.dropped).to.equal(1_000)
  })

  it('leaves out response times, never counts, when calls come faster than the network takes them', async () => {
    await using server = await receiver()
    const sink = statsd({ port: server.port, maxBufferedBytes: 8_192 })
    for (let i = 0; i < 1_000; i++) observe(sink)
    expect(sink.dropped).to.be.above(800)
    await sink[Symbol.asyncDispose]()
    await eventually(() => expect(lines(server.packets)).to.include(`kumquat.server.${METHOD}.calls.ok:1000|c`))
    const times = lines(server.packets).filter((line) => line.endsWith('|ms')).length
    expect(sink.dropped).to.equal(1_000 - times)
    expect(lines(server.packets)).to.include(`kumquat.monitor.dropped.backlog:${sink.dropped}|c`)
  })

  it('refuses options that make no sense, with the value', () => {
    const wrong: readonly (readonly [StatsdOptions, string])[] = [
      [{ port: 0 }, 'statsd port 0'],
      [{ port: 70_000 }, 'statsd port 70000'],
      [{ flushEveryMs: 1 }, 'statsd flushEveryMs 1'],
      [{ maxPacketBytes: 10 }, 'statsd maxPacketBytes 10'],
      [{ maxBufferedBytes: 10 }, 'statsd maxBufferedBytes 10'],
      [{ maxSeries: 1 }, 'maxSeries 1'],
      [{ prefix: 'a|b' }, 'statsd prefix "a|b"'],
    ]
    for (const [options, message] of wrong) expect(() => statsd(options), message).to.throw(message)
  })
})

type Counters = Readonly<Record<string, number>>

const pick = (counters: Counters, prefix: string): Counters =>
  Object.fromEntries(Object.entries(counters).filter(([name]) => name.startsWith(prefix)))

const sum = (counters: Counters, name: RegExp): number =>
  Object.entries(counters).reduce((total, [key, count]) => (name.test(key) ? total + count : total), 0)

const lines = (packets: readonly string[]): readonly string[] => packets.flatMap((packet) => packet.split('\n'))

interface Receiver extends AsyncDisposable {
  readonly port: number
  readonly packets: readonly string[]
}

/** A bare UDP socket, to see packets as they come. */
async function receiver(port = 0): Promise<Receiver> {
  const packets: string[] = []
  const socket = createSocket('udp4', (packet) => packets.push(packet.toString()))
  socket.bind(port, '127.0.0.1')
  await once(socket, 'listening')
  return {
    port: socket.address().port,
    packets,
    async [Symbol.asyncDispose]() {
      socket.close()
      await once(socket, 'close')
    },
  }
}

/** A port on which nobody listens. */
async function deadPort(): Promise<number> {
  await using socket = await receiver()
  return socket.port
}
