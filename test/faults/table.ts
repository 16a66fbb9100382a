import type { Trial } from './grounds/ground.ts'
import type { RandomRow } from './random/random-faults.ts'
import type { Row } from './row.ts'
import type { ScaleRow } from './scale/scale.ts'
import type { StartRow } from './start/start-without-registry.ts'

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

/** What a crowd costs, for people. */
export function scaleText({ backend, providers, consumers, fullMs, changeMs, ...row }: ScaleRow): string {
  const full = `first full set after ${fullMs[0]} to ${fullMs[1]} ms`
  const change = `a change is everywhere after ${changeMs.p50} ms (p50), ${changeMs.p99} ms (p99)`
  const memory = `${row.rssMiB} MiB a consumer, ${row.childRssMiB} its child`
  return `${backend.padEnd(10)}${providers} providers, ${consumers} consumers: ${full}, ${change}, ${memory}: ${verdict(row)}`
}

/** How a consumer starts without its registry, for people. */
export function startText({ backend, firstMs, failed, ...row }: StartRow): string {
  const first = `first successful call after ${firstMs ?? 'ever'} ms, ${failed} failed before`
  return `${backend.padEnd(10)}start with a snapshot while the registry is down: ${first}: ${verdict(row)}`
}

/** A trial that could not be brought to its end. */
export interface AbortedTrial extends Pick<Row, 'backend' | 'broken' | 'kept'> {
  readonly trial: Trial
}

export const abortedText = ({ backend, trial, ...row }: AbortedTrial): string =>
  `${backend.padEnd(10)}${trial} could not be brought to its end: ${verdict(row)}`

function verdict({ kept, broken }: Pick<Row, 'kept' | 'broken'>): string {
  return kept ? 'yes' : `NO: ${broken.join('; ')}`
}
