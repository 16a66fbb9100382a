import type { VNode } from 'preact'
import type { MethodView } from '../../src/dashboard/model.ts'
import { count } from '../format.ts'
import { callsColumn, errorsColumn, p50Column, p95Column, p99Column } from './figure-columns.tsx'
import { type Column, Table } from './table.tsx'

export interface MethodTableProps {
  readonly methods: readonly MethodView[]
}

/** One row a method, also for those that nobody calls. */
export function MethodTable({ methods }: MethodTableProps): VNode {
  return (
    <section class="card table" aria-labelledby="methods">
      <div class="tools">
        <h2 id="methods">Methods</h2>
        <span class="mute">{methods.length}</span>
      </div>
      <Table label="Methods" columns={COLUMNS} rows={methods} rowKey={({ name }) => name} />
    </section>
  )
}

const COLUMNS: readonly Column<MethodView>[] = [
  { title: 'Method', cell: ({ name }) => <b>{name}</b>, order: ({ name }) => name },
  callsColumn,
  p50Column,
  p95Column,
  p99Column,
  errorsColumn,
  { title: 'In flight', numeric: true, cell: ({ inFlight }) => count(inFlight), order: ({ inFlight }) => inFlight },
  {
    title: 'Calls',
    hint: 'since the dashboard first saw it',
    numeric: true,
    cell: ({ calls }) => count(calls),
    order: ({ calls }) => calls,
  },
]
