import type { RandomRow } from './random/random-faults.ts'
import type { Row } from './row.ts'

const COLUMNS: readonly (readonly [title: string, width: number, of: (row: Row) => unknown])[] = [
  ['backend', 10, ({ backend }) => backend],
  ['fault', 17, ({ fault }) => fault],
  ['absent ms', 10, ({ absentMs }) => time(absentMs)],
  ['heal ms', 8, ({ healMs }) => time(healMs)],
  ['healed', 7, ({ healed, entries }) => `${healed}/${entries}`],
  ['watch', 6, ({ watchesAlive }) => (watchesAlive ? 'alive' : 'dead')],
  ['lost', 5, ({ lost }) => lost],
  ['calls', 6, ({ made }) => made],
  ['failed', 7, ({ failed }) => failed],
  ['want', 5, ({ forWant }) => forWant],
  ['kept', 5, verdict],
]

/** The titles of the columns. */
export const heading = (): string =>
  COLUMNS.map(([title, width]) => title.padEnd(width))
    .join('')
    .trimEnd()

/** One row, for people. */
export const rowText = (row: Row): string =>
  COLUMNS.map(([, width, of]) => String(of(row)).padEnd(width))
    .join('')
    .trimEnd()

const time = (ms: number | null | undefined): string => (ms === undefined ? '-' : ms === null ? 'never' : String(ms))

/** What became of random faults, for people. */
export function randomText(row: RandomRow): string {
  const { backend, faults, seed, healMs, lost, made, failed, forWant, rssMiB, kept, broken } = row
  const facts = `true again after ${healMs ?? 'ever'} ms, ${lost} lost, ${made} calls, ${failed} failed, ${forWant} for want`
  const memory = `${rssMiB[0]} MiB before, ${rssMiB[1]} MiB after`
  return `${backend.padEnd(10)}${faults} random faults (seed ${seed}): ${facts}, ${memory}: ${verdict({ kept, broken })}`
}

function verdict({ kept, broken }: Pick<Row, 'kept' | 'broken'>): string {
  return kept ? 'yes' : `NO: ${broken.join('; ')}`
}
