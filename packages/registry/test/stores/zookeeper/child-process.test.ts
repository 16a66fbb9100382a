import { expect } from 'chai'
import { loadingFlags } from '../../../src/stores/zookeeper/child-process.ts'

describe('loadingFlags()', () => {
  it('keeps the flags by which modules are found and loaded, with their values', () => {
    const flags = ['--import', 'tsx', '--conditions=@kumquat/source', '-r', './hook.cjs', '-C', 'dev']
    expect(loadingFlags(flags)).to.deep.equal(flags)
  })

  it('drops what another process must not do as well', () => {
    const flags = [
      '--inspect-brk=9229',
      '-e',
      'code()',
      '--import=tsx',
      '--cpu-prof',
      '--test',
      '--watch',
      '--max-old-space-size=64',
    ]
    expect(loadingFlags(flags)).to.deep.equal(['--import=tsx'])
  })

  it('takes no flag for the value of another', () => {
    expect(loadingFlags(['--eval', 'x', '--require'])).to.deep.equal(['--require'])
  })
})
