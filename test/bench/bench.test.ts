import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { boundText, promised } from '../../bench/parts/promised.ts'

/** What every suite prints last. */
interface Printed {
  readonly suite: string
  readonly ratios: Readonly<Record<string, number>>
  readonly tables: readonly { readonly title: string; readonly rows: readonly Readonly<Record<string, unknown>>[] }[]
}

describe('npm run bench', function () {
  this.timeout(120_000)

  for (const suite of ['latency', 'startup', 'allocation', 'scale', 'guard']) {
    it(`runs ${suite}, and ends with its figures as one object`, async () => {
      const script = fileURLToPath(new URL(`../../bench/${suite}.ts`, import.meta.url))
      const node = ['--import=tsx', '--conditions=@kumquat/source', script, '--quick', '--json']
      const { stdout } = await promisify(execFile)(process.execPath, node)
      const printed = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Printed
      expect(printed.suite).to.equal(suite)
      // What is no number is null in JSON.
      expect(Object.values(printed.ratios)).to.satisfy((all: unknown[]) => all.length > 0 && all.every(Number.isFinite))
      for (const { title, rows } of printed.tables) {
        expect(rows, title).to.not.have.length(0)
        for (const row of rows) expect(Object.values(row), title).to.not.include(null)
      }
    })
  }

  it('holds ratios to their bounds', () => {
    expect(promised('a/b', 0.50049, { least: 0.5 })).to.deep.equal({ name: 'a/b', ratio: 0.5, least: 0.5, kept: true })
    expect(promised('a/b', 0.4999, { least: 0.5 }).kept).to.equal(false)
    expect(promised('a/b', 1.5, { most: 1.5 }).kept).to.equal(true)
    expect(promised('a/b', 1.51, { least: 1, most: 1.5 }).kept).to.equal(false)
    expect(promised('a/b', Number.NaN, { most: 2 }).kept).to.equal(false)
    expect(boundText({ least: 1, most: 2 })).to.equal('at least 1, at most 2')
  })
})
