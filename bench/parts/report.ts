import { mkdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { boundText, type Promised } from './promised.ts'

/** Rows of the same columns, which are the keys of the first. */
export interface Table {
  readonly title: string
  readonly rows: readonly Readonly<Record<string, string | number>>[]
}

export interface Report {
  readonly suite: string
  /** What was done, in a sentence or two. */
  readonly how: string
  readonly tables: readonly Table[]
  readonly promised: readonly Promised[]
  /** Further fields of the JSON. */
  readonly more?: object
  /** The last line of stdout is one object. */
  readonly json: boolean
  /** A run too short for figures: it is held to nothing, and leaves no file. Default false. */
  readonly quick?: boolean
}

/** Prints what came out, writes bench/results/<suite>.md, and sets the exit status: 0 if every promise was kept. */
export function report({ suite, how, tables, promised, more = {}, json, quick = false }: Report): void {
  const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length }
  const ratios = tableOf(promised)
  for (const { title, rows } of tables) console.error(`\n${title}\n${plain(rows)}`)
  if (promised.length > 0) console.error(`\n${plain(ratios)}`)
  if (!quick) {
    const told = `\`npm run bench -- ${suite}\`, node ${machine.node}, ${machine.cores} cores of ${machine.cpu}. ${how}`
    const parts = tables.map(({ title, rows }) => `## ${title}\n\n${markdown(rows)}`)
    const text = [`# ${suite}`, told, ...(promised.length > 0 ? [markdown(ratios)] : []), ...parts].join('\n\n')
    mkdirSync(RESULTS, { recursive: true })
    writeFileSync(new URL(`${suite}.md`, RESULTS), `${text}\n`)
  }
  const kept = promised.every((one) => one.kept)
  if (json) {
    const byName = Object.fromEntries(promised.map(({ name, ratio }) => [name, ratio]))
    const all = { suite, kept, ratios: byName, promised, tables, machine, ...more }
    console.log(JSON.stringify(all))
  }
  process.exitCode = kept || quick ? 0 : 1
}

const RESULTS = new URL('../results/', import.meta.url)

type Rows = Table['rows']

const tableOf = (promised: readonly Promised[]): Rows =>
  promised.map((one) => ({
    ratio: one.name,
    measured: one.ratio,
    promised: boundText(one),
    kept: one.kept ? 'yes' : 'NO',
  }))

const columnsOf = (rows: Rows): readonly string[] => Object.keys(rows[0] ?? {})

function markdown(rows: Rows): string {
  const columns = columnsOf(rows)
  const rule = columns.map((column) => (typeof rows[0]![column] === 'number' ? '---:' : '---'))
  const lines = [columns, rule, ...rows.map((row) => columns.map((column) => row[column] ?? ''))]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

function plain(rows: Rows): string {
  const columns = columnsOf(rows)
  const lines = [columns, ...rows.map((row) => columns.map((column) => String(row[column] ?? '')))]
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => cells[i]!.length)))
  const pad = (cell: string, i: number): string => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))
  return lines.map((cells) => `  ${cells.map(pad).join('  ')}`).join('\n')
}
