import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silent, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { file, providersPath } from '@kumquat/registry'
import { type Consumer, consumer } from '@kumquat/rpc'
import { expect } from 'chai'
import { rejection } from '../rejection.ts'

const slow = { app: 'movie', group: 'slow' }

describe('a provider that is told to stop by a signal', function () {
  this.timeout(30_000)
  let dir: string
  let child: ChildProcess
  let consuming: Consumer | undefined
  const messages: unknown[] = []
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
    messages.length = 0
  })
  afterEach(async () => {
    child.kill('SIGKILL')
    await consuming?.[Symbol.asyncDispose]()
    consuming = undefined
    await rm(dir, { recursive: true })
  })

  const start = async (special = '', registry = `file:${dir}`): Promise<void> => {
    child = fork(new URL('../stopping.ts', import.meta.url), [registry, special], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    child.on('message', (message) => messages.push(message))
    await eventually(() => expect(messages).not.to.have.length(0), { withinMs: 20_000 })
  }
  /** How the process ended: `[code, signal]`. */
  const ended = async (): Promise<readonly unknown[]> =>
    child.exitCode === null && child.signalCode === null
      ? await once(child, 'exit')
      : [child.exitCode, child.signalCode]
  const registered = async (): Promise<number> => {
    await using store = file({ dir })
    return (await store.list(providersPath(slow))).length
  }
  /** A call that has entered its method. */
  const called = async (ms: number): Promise<{ readonly call: Promise<unknown> }> => {
    consuming = await consumer({ registry: `file:${dir}`, logger: silent })
    const call = consuming.client<{ hold(ms: number): string }>(slow, { timeoutMs: 20_000 }).hold(ms)
    call.catch(() => {})
    await eventually(() => expect(messages).to.include('entered'))
    return { call }
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`finishes what it has begun on ${signal}, leaves the registry, and dies of it`, async () => {
      await start()
      expect(await registered()).to.equal(1)
      const { call } = await called(1_000)
      child.kill(signal)
      await eventually(async () => expect(await registered()).to.equal(0))
      expect(await call).to.equal('done')
      expect(await ended()).to.deep.equal([null, signal])
    })
  }

  it('dies at once on a second one', async () => {
    await start()
    const { call } = await called(15_000)
    const since = systemClock.now()
    child.kill('SIGTERM')
    await eventually(async () => expect(await registered()).to.equal(0))
    child.kill('SIGTERM')
    expect(await ended()).to.deep.equal([null, 'SIGTERM'])
    expect(systemClock.now() - since).to.be.below(10_000)
    expect(await rejection(call)).to.include({ code: 'unavailable', outcome: 'unknown' })
  })

  it('waits for every provider of its process', async () => {
    await start('two')
    expect(await registered()).to.equal(2)
    child.kill('SIGTERM')
    expect(await ended()).to.deep.equal([null, 'SIGTERM'])
    expect(await registered()).to.equal(0)
  })

  it('is not lost while it starts', async () => {
    await start('starting')
    child.kill('SIGTERM')
    expect((await ended())[1]).to.equal('SIGTERM')
    expect(await registered()).to.equal(0)
  })

  it('does not wait for a registry that cannot be reached while it starts', async () => {
    await start('in vain', 'redis://127.0.0.1:1')
    child.kill('SIGTERM')
    expect(await ended()).to.deep.equal([null, 'SIGTERM'])
  })

  it('leaves the last word to a listener of the application', async () => {
    await start('own listener')
    child.kill('SIGTERM')
    await eventually(async () => expect(await registered()).to.equal(0))
    expect(messages).to.include('my own listener ran')
    expect([child.exitCode, child.signalCode]).to.deep.equal([null, null])
    child.disconnect()
    expect(await ended()).to.deep.equal([7, null])
  })
})
