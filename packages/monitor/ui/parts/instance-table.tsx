import type { VNode } from 'preact'
import type { Figures, InstanceView } from '../../src/dashboard/model.ts'
import { moment } from '../format.ts'
import { callsColumn, errorsColumn, p99Column } from './figure-columns.tsx'
import { STATES } from './health.tsx'
import { Pill } from './pill.tsx'
import { ShareBar } from './share-bar.tsx'
import { type Column, Table } from './table.tsx'

export interface InstanceTableProps {
  readonly instances: readonly InstanceView[]
  readonly at: number
}

/** One row an instance. */
export function InstanceTable({ instances, at }: InstanceTableProps): VNode {
  return (
    <section class="card table" aria-labelledby="instances">
      <div class="tools">
        <h2 id="instances">Instances</h2>
        <span class="mute">{instances.length}</span>
      </div>
      <Table label="Instances" columns={columns(instances, at)} rows={instances} rowKey={({ id }) => id} />
    </section>
  )
}

function columns(instances: readonly InstanceView[], at: number): readonly Column<InstanceView>[] {
  const most = Math.max(0.01, ...instances.flatMap(({ share, expectedShare }) => [share, expectedShare]))
  return [
    { title: 'Instance', cell: (instance) => <Address instance={instance} />, order: ({ id }) => id },
    {
      title: 'State',
      cell: ({ state }) => (
        <Pill tone={STATES[state].tone} title={STATES[state].meaning}>
          {state}
        </Pill>
      ),
      order: ({ state }) => state,
    },
    {
      title: 'Version',
      cell: ({ version }) => version || <span class="mute">–</span>,
      order: ({ version }) => version,
    },
    {
      title: 'Lane',
      hint: 'a gray instance has only the calls of the gray lane',
      cell: ({ gray }) => (gray ? <Pill tone="gray">gray</Pill> : <span class="mute">stable</span>),
      order: ({ gray }) => (gray ? 'gray' : 'stable'),
    },
    { title: 'Weight', numeric: true, cell: ({ weight }) => weight, order: ({ weight }) => weight },
    {
      title: 'Share: expected / real',
      hint: 'of the calls of the last 10 s; expected is what the weight promises within the lane',
      wide: true,
      cell: (instance) => <ShareBar instance={instance} full={most * 1.2} />,
    },
    measured(callsColumn),
    measured(p99Column),
    measured(errorsColumn),
    { title: 'Methods', wide: true, cell: ({ methods }) => <MethodNames names={methods} /> },
    {
      title: 'Up since',
      hint: "by the provider's own clock",
      cell: ({ startedAt }) => <span class="mute">{startedAt === 0 ? 'not told' : moment(startedAt, at)}</span>,
      order: ({ startedAt }) => startedAt,
    },
  ]
}

/** A question mark where there is nothing to measure by: that is not the same as no call. */
function measured(column: Column<Figures>): Column<InstanceView> {
  return { ...column, cell: (row) => (row.unmeasured ? <Unmeasured /> : column.cell(row)) }
}

function Unmeasured(): VNode {
  return (
    <span class="mute" title="answers, but tells no statistics">
      ?
    </span>
  )
}

function Address({ instance: { id, zone } }: { instance: InstanceView }): VNode {
  return (
    <>
      <b>{id}</b>
      {zone !== '' && <small>{zone}</small>}
    </>
  )
}

const FIRST_METHODS = 2

/** The first names, and how many more; all of them where the pointer rests. */
function MethodNames({ names }: { names: readonly string[] }): VNode {
  if (names.length === 0) return <span class="mute">any</span>
  const more = names.length - FIRST_METHODS
  return (
    <span class="mute" title={names.join(', ')}>
      {names.slice(0, FIRST_METHODS).join(', ')}
      {more > 0 && ` + ${more}`}
    </span>
  )
}
