import { silent } from '@kumquat/core'
import { recordingLogger } from '@kumquat/core/testing'
import { expect } from 'chai'

const LEVELS = ['debug', 'info', 'warn', 'error'] as const

describe('silent', () => {
  it('takes a line of every level and gives nothing back', () => {
    for (const level of LEVELS) expect(silent[level]({ fact: 1 }, 'words')).to.equal(undefined)
  })
})

describe('recordingLogger', () => {
  it('remembers every line in order', () => {
    const logger = recordingLogger()
    for (const level of LEVELS) logger[level]({ level }, `a ${level} line`)
    expect(logger.lines).to.deep.equal(LEVELS.map((level) => ({ level, facts: { level }, message: `a ${level} line` })))
  })
})
