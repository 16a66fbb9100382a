import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { sleep, systemClock, systemRng, uniqueId } from '@kumquat/core'
import { expect } from 'chai'

describe('systemClock', () => {
  it('never goes back, and knows the year', () => {
    const before = systemClock.now()
    expect(systemClock.now()).to.be.at.least(before)
    expect(systemClock.epoch()).to.be.above(Date.UTC(2024, 0))
  })

  it('does not run what was cancelled, when its time and more is over', async () => {
    let ran = false
    systemClock
      .after(1, () => {
        ran = true
      })
      [Symbol.dispose]()
    await sleep(systemClock, 2)
    expect(ran).to.equal(false)
  })

  for (const delayMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    it(`does not take ${delayMs} ms for none, as Node does`, async () => {
      let ran = false
      using _ = systemClock.after(delayMs, () => {
        ran = true
      })
      await sleep(systemClock, 10)
      expect(ran).to.equal(false)
    })
  }

  it('keeps a process alive for what asks for it, and for nothing else', async () => {
    const run = async (options: string): Promise<string> => {
      const code = `import { systemClock } from '@kumquat/core'
        systemClock.after(300, () => console.log('ran')${options})`
      const args = ['--import', 'tsx', '--conditions', '@kumquat/source', '--input-type', 'module', '--eval', code]
      // Its coverage would be counted against other line numbers.
      const env = { ...process.env, NODE_V8_COVERAGE: '' }
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: import.meta.dirname, env })
      return stdout
    }
    expect(await run('')).to.equal('')
    expect(await run(', { keepAlive: true }')).to.equal('ran\n')
  })
})

describe('systemRng and uniqueId', () => {
  it('give something new each time', () => {
    expect(systemRng()).to.be.within(0, 1)
    expect(new Set(Array.from({ length: 100 }, systemRng)).size).to.equal(100)
    expect(new Set(Array.from({ length: 100 }, uniqueId)).size).to.equal(100)
  })
})
