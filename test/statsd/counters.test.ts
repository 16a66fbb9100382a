import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { silent } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { statsd } from '@kumquat/monitor'
import { consumer, type Provider, provider } from '@kumquat/rpc'
import { expect } from 'chai'
import { type StatsdServer, startStatsd } from '../servers/statsd.ts'
import { Desk } from './desk.ts'

const GREET = 'front.desk.greet'
const COMPLAIN = 'front.desk.complain'

describe('statsd, from the stub to the daemon', () => {
  let daemon: StatsdServer
  let folder: string
  let registry: string

  before(async () => {
    daemon = await startStatsd()
    folder = await mkdtemp(join(tmpdir(), 'kumquat-statsd-calls-'))
    registry = `file:${folder}`
  })

  after(async () => {
    await daemon[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  const serving = async (observer: ReturnType<typeof statsd>): Promise<Provider> =>
    provider({ registry, services: [new Desk()], observer, signals: [], logger: silent })

  it('receives counters that add up to exactly the calls made, on both sides', async () => {
    const [served, called] = [statsd({ port: daemon.port, prefix: 'a' }), statsd({ port: daemon.port, prefix: 'a' })]
    {
      await using _running = await serving(served)
      await using consuming = await consumer({ registry, observer: called })
      const desk = consuming.client<Desk>({ app: 'front', group: 'desk', idempotent: ['greet'] })
      await consuming.ready({ app: 'front', group: 'desk' })
      await Promise.all(Array.from({ length: 700 }, (_, i) => desk.greet(`guest ${i}`)))
      for (let i = 0; i < 11; i++) await desk.complain().catch(() => undefined)
    }
    await Promise.all([served[Symbol.asyncDispose](), called[Symbol.asyncDispose]()])
    await eventually(async () => {
      const counters = await daemon.counters()
      expect(counters[`a.client.${GREET}.calls.ok`]).to.equal(700)
      expect(counters[`a.server.${GREET}.calls.ok`]).to.equal(700)
      expect(counters[`a.client.${COMPLAIN}.calls.unknown`]).to.equal(11)
      expect(counters[`a.server.${COMPLAIN}.calls.unknown`]).to.equal(11)
    })
    const timers = await daemon.timers()
    expect(timers[`a.client.${GREET}.call_duration`]).to.have.length(700)
    expect(timers[`a.server.${GREET}.call_duration`]).to.have.length(700)
    expect((await daemon.counters())['statsd.bad_lines_seen']).to.equal(0)
  })

  it('loses nothing of a process that exits right after its last call', async () => {
    const served = statsd({ port: daemon.port, prefix: 'b' })
    await using _running = await serving(served)
    const calls = 137
    const before = (await daemon.counters())[`kumquat.client.${GREET}.calls.ok`] ?? 0
    const script = fileURLToPath(new URL('caller.ts', import.meta.url))
    const child = spawn(
      process.execPath,
      ['--import=tsx', '--conditions=@kumquat/source', script, registry, String(daemon.port), String(calls)],
      { stdio: 'inherit' },
    )
    expect(await once(child, 'exit')).to.deep.equal([0, null])
    await eventually(async () => {
      expect((await daemon.counters())[`kumquat.client.${GREET}.calls.ok`]).to.equal(before + calls)
    })
    await served[Symbol.asyncDispose]()
  })
})
