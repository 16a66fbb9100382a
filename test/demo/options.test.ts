import { expect } from 'chai'
import { parseOptions } from '../../examples/demo/options.ts'

describe('demo options', () => {
  it('need not be given', () => {
    expect(parseOptions([])).to.deep.equal({ providers: 3, rate: 200, json: false, port: 0 })
  })

  it('are read as they are written in the help', () => {
    const args = '--registry file:./here --providers 5 --rate 12.5 --seconds 30 --port 8080 --json'.split(' ')
    const expected = { registry: 'file:./here', providers: 5, rate: 12.5, seconds: 30, json: true, port: 8080 }
    expect(parseOptions(args)).to.deep.equal(expected)
  })

  it('give way to a question for help', () => {
    expect(parseOptions(['--help', '--rate', '0'])).to.equal(undefined)
  })

  const WRONG: readonly (readonly [readonly string[], RegExp])[] = [
    [['--frobnicate'], /--frobnicate/],
    [['stray'], /stray/],
    [['--rate', '0'], /--rate 0 is not a number from 1 to 5000/],
    [['--rate', 'fast'], /--rate fast is not a number/],
    [['--rate', ''], /--rate {2}is not a number/],
    [['--rate', 'Infinity'], /--rate Infinity is not a number/],
    [['--providers', '2.5'], /--providers 2.5 is not a whole number from 1 to 50/],
    [['--providers', '51'], /--providers 51/],
    [['--seconds', '-1'], /--seconds/],
    [['--port', '65536'], /--port 65536 is not a whole number from 0 to 65535/],
    [['--registry', ''], /--registry is empty/],
    [['--registry'], /--registry/],
    [['--registry', 'memory:'], /--registry memory: is for one process/],
  ]
  for (const [args, message] of WRONG) {
    it(`refuse ${args.join(' ')} and say why`, () => {
      expect(() => parseOptions(args)).to.throw(message)
    })
  }
})
