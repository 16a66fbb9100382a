import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from '@kumquat/core/testing'
import { expect } from 'chai'

const PROGRAM = fileURLToPath(new URL('./interrupted.ts', import.meta.url))

describe('interruption', () => {
  it('takes signals that come together for one, and ends the process at a later one', async () => {
    const child = fork(PROGRAM)
    try {
      await once(child, 'message')
      const interrupted = once(child, 'message')
      child.kill('SIGINT')
      child.kill('SIGTERM')
      expect(await interrupted).to.include('interrupted')
      expect(child.exitCode).to.equal(null)
      await eventually(() => {
        child.kill('SIGINT')
        expect(child.exitCode).to.equal(130)
      })
    } finally {
      child.kill('SIGKILL')
    }
  }).timeout(20_000)
})
