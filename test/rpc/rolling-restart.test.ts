import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silent, sleep, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { consumer } from '@kumquat/rpc'
import { expect } from 'chai'
import type { Till } from './shop.ts'

const till = { app: 'shop', group: 'till' }

describe('a rolling restart of every provider under load', function () {
  this.timeout(120_000)
  let dir: string
  const children = new Set<ChildProcess>()
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kumquat-'))
  })
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL')
    await rm(dir, { recursive: true })
  })

  it('fails no call and runs none twice, though none may be repeated', async () => {
    const registry = `file:${dir}`
    const sold: number[] = []
    const start = async (port = 0): Promise<{ readonly child: ChildProcess; readonly port: number }> => {
      const child = fork(new URL('./shop.ts', import.meta.url), [registry, String(port)])
      children.add(child)
      const address = new Promise<string>((resolve) => {
        child.on('message', (message: { sold?: number; address?: string }) => {
          if (message.sold !== undefined) sold.push(message.sold)
          if (message.address !== undefined) resolve(message.address)
        })
      })
      return { child, port: Number((await address).split(':')[1]) }
    }
    const shops = await Promise.all([start(), start(), start()])
    await using consuming = await consumer({ registry, logger: silent })
    await eventually(() => expect(consuming.peers(till).current).to.have.length(3))

    const face = consuming.client<Till>(till)
    const failed: unknown[] = []
    let calls = 0
    let isOver = false
    const lane = async (): Promise<void> => {
      while (!isOver) {
        await face.sell(calls++).catch((error: unknown) => failed.push(error))
        await sleep(systemClock, 20)
      }
    }
    const lanes = Array.from({ length: 12 }, lane)
    for (const { child, port } of shops) {
      child.kill('SIGTERM')
      expect(await once(child, 'exit')).to.deep.equal([null, 'SIGTERM'])
      await start(port)
      await eventually(() => expect(consuming.peers(till).current).to.have.length(3))
    }
    isOver = true
    await Promise.all(lanes)

    expect(failed).to.deep.equal([])
    await eventually(() => expect(sold).to.have.length(calls))
    expect(new Set(sold).size).to.equal(calls)
    expect(calls).to.be.above(500)
  })
})
