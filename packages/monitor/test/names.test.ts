import { readFile, writeFile } from 'node:fs/promises'
import { METRICS } from '@kumquat/monitor'
import { expect } from 'chai'

const PAGE = new URL('../../../docs/reference/metrics.md', import.meta.url)
const BEGIN = '<!-- begin: the catalogue, from packages/monitor/src/names.ts -->\n'
const END = '<!-- end -->\n'

describe('the catalogue of metrics', () => {
  it('stands in docs/reference/metrics.md as it is (KUMQUAT_UPDATE=1 writes it)', async () => {
    const page = await readFile(PAGE, 'utf8')
    const [before, rest = ''] = page.split(BEGIN)
    const [, after] = rest.split(END)
    const wanted = [before, BEGIN, table(), END, after].join('')
    const { KUMQUAT_UPDATE } = process.env
    if (KUMQUAT_UPDATE === '1') await writeFile(PAGE, wanted)
    else expect(page).to.equal(wanted)
  })

  it('has no instance, host or address in a name or a tag', () => {
    for (const [name, { tags, statsd = '' }] of Object.entries(METRICS)) {
      expect([...tags, ...statsd.split('.')].join(' '), name).not.to.match(/instance|host|peer|address|port/)
    }
  })

  it('begins each name with its side', () => {
    for (const [name, { side }] of Object.entries(METRICS)) {
      expect(name.split('.')[0]).to.equal(side === 'process' ? 'monitor' : side)
    }
  })
})

const HEAD = [
  'metric',
  'type',
  'unit',
  'told apart by',
  'in `/_kumquat/stats`',
  'at statsd, after the prefix',
  'meaning',
]

/** As the formatter would have it: columns of one width. */
function table(): string {
  const rows = Object.entries(METRICS).map(([name, { type, unit, tags, stats, statsd, meaning }]) => {
    return [`\`${name}\``, type, unit, tags.join(', '), code(stats), code(statsd), meaning]
  })
  const widths = HEAD.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)))
  const line = (cells: readonly string[], fill = ' '): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i]!, fill)).join(' | ')} |`
  return [
    '',
    line(HEAD),
    line(
      HEAD.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
    '',
    '',
  ].join('\n')
}

const code = (text: string | undefined): string => (text === undefined ? '–' : `\`${text}\``)
