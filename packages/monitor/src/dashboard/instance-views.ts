import type { ProviderRecord } from '@kumquat/core'
import type { InstanceView } from './model.ts'
import type { Source } from './source.ts'
import type { Sum } from './sum.ts'

/** One instance of a service: what it says of itself, what answers under its address, what it did in the window. */
export interface InstanceRow {
  readonly record: ProviderRecord
  readonly source: Source | undefined
  readonly sum: Sum
  /** Since the dashboard first saw it. */
  readonly calls: number
}

/** How the instances of one service are shown, sorted by id. */
export function instanceViews(rows: readonly InstanceRow[]): readonly InstanceView[] {
  const calls = rows.reduce((total, { sum }) => total + sum.calls, 0)
  return rows
    .map((row): InstanceView => {
      const { record, source, sum } = row
      return {
        id: record.id,
        state: source?.state ?? 'up',
        ...(source?.measured === false ? { unmeasured: true } : {}),
        version: record.version,
        weight: record.weight,
        gray: record.gray,
        zone: record.zone,
        methods: record.methods ?? [],
        startedAt: record.startedAt || (source?.startedAt ?? 0),
        share: calls === 0 ? 0 : round(sum.calls / calls),
        expectedShare: round(expectedShare(row, rows)),
        ...sum.figures(row.calls),
      }
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1))
}

/**
 * The part of the service's calls that its weight promises an instance: its part of its lane, times the part of all calls
 * that this lane got. With no calls at all, the stable lane is expected to get them.
 */
function expectedShare(row: InstanceRow, rows: readonly InstanceRow[]): number {
  const lane = rows.filter(({ record }) => record.gray === row.record.gray)
  const usable = lane.filter(isUsable)
  const weights = usable.reduce((sum, { record }) => sum + record.weight, 0)
  if (weights === 0 || !isUsable(row)) return 0
  return (laneShare(lane, rows) * row.record.weight) / weights
}

function laneShare(lane: readonly InstanceRow[], rows: readonly InstanceRow[]): number {
  const calls = callsOf(rows)
  if (calls > 0) return callsOf(lane) / calls
  return lane.length === rows.length || !lane.some(({ record }) => record.gray) ? 1 : 0
}

const isUsable = ({ source }: InstanceRow): boolean => source?.state !== 'down'

const callsOf = (rows: readonly InstanceRow[]): number => rows.reduce((total, { sum }) => total + sum.calls, 0)

const round = (share: number): number => Number(share.toFixed(4))
