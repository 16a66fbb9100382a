import { consoleLogger } from '@kumquat/rpc'
import { expect } from 'chai'

describe('the console logger', () => {
  const written = (level?: 'debug' | 'error') => {
    const lines: string[] = []
    return { lines, logger: consoleLogger({ write: (line) => lines.push(line), ...(level && { level }) }) }
  }
  it('writes warnings and errors, one line each', () => {
    const { lines, logger } = written()
    logger.debug({}, 'd')
    logger.info({}, 'i')
    logger.warn({ peer: 'a:1' }, 'w')
    logger.error({}, 'e')
    expect(lines).to.deep.equal(['kumquat warn: w {"peer":"a:1"}\n', 'kumquat error: e {}\n'])
  })
  it('writes from the level it was given on', () => {
    const { lines, logger } = written('debug')
    logger.debug({}, 'd')
    expect(lines).to.deep.equal(['kumquat debug: d {}\n'])
    const quiet = written('error')
    quiet.logger.warn({}, 'w')
    expect(quiet.lines).to.deep.equal([])
  })
  it('lets no fact and no message fake a line or a colour', () => {
    const { lines, logger } = written()
    logger.warn({ name: 'a\nkumquat error: forged\u001b[31m\u2028' }, 'one\ntwo\u001b[0m')
    expect(lines).to.have.length(1)
    for (const bad of ['\n', '\u001b', '\u2028']) expect(lines[0]?.slice(0, -1)).not.to.contain(bad)
    expect(lines[0]).to.contain('one\\u000atwo\\u001b[0m').and.to.contain('a\\nkumquat error: forged\\u001b[31m')
  })
  it('writes the stack of an error, and what JSON does not know', () => {
    const { lines, logger } = written()
    const cycle: { self?: unknown } = {}
    cycle.self = cycle
    logger.warn({ error: new Error('broken'), big: 10n }, 'w')
    logger.warn(cycle, 'w')
    expect(lines[0]).to.contain('Error: broken\\n').and.to.contain('"big":"10"')
    expect(lines[1]).to.equal('kumquat warn: w "facts that are no JSON"\n')
  })
  it('refuses a level that is none', () => {
    expect(() => consoleLogger({ level: 'loud' as never })).to.throw(TypeError, '"loud"')
  })
})
