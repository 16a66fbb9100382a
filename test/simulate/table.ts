import type { Row } from './row.ts'

const COLUMNS: readonly (readonly [title: string, width: number, of: (row: Row) => string])[] = [
  ['scenario', 14, ({ scenario }) => scenario],
  ['subject', 38, ({ subject }) => subject],
  ['measure', 42, ({ measure }) => measure],
  ['value', 12, ({ value }) => (value === null ? 'never' : String(Number(value.toPrecision(4))))],
  ['bound', 14, ({ bound }) => bound ?? '-'],
  ['kept', 5, ({ bound, kept }) => (bound === undefined ? '' : kept ? 'yes' : 'NO')],
]

/** The titles of the columns. */
export const heading = (): string => line(([title]) => title)

/** One row, for people. */
export const rowText = (row: Row): string => line(([, , of]) => of(row))

const line = (text: (column: (typeof COLUMNS)[number]) => string): string =>
  COLUMNS.map((column) => `${text(column)} `.padEnd(column[1]))
    .join('')
    .trimEnd()
