import type { ComponentChildren, VNode } from 'preact'
import { useState } from 'preact/hooks'

export interface Column<Row> {
  readonly title: string
  /** What the figures of this column are, where the title is too short to say it. */
  readonly hint?: string
  /** Figures stand at the right. Default false. */
  readonly numeric?: boolean
  /** Takes the room of two facts on a narrow screen. Default false. */
  readonly wide?: boolean
  readonly cell: (row: Row) => ComponentChildren
  /** What to sort by. Absent: not sortable. */
  readonly order?: (row: Row) => number | string
}

export interface TableProps<Row> {
  readonly label: string
  readonly columns: readonly Column<Row>[]
  readonly rows: readonly Row[]
  readonly rowKey: (row: Row) => string
}

/** Rows drawn before somebody asks for all of them. */
const FIRST_ROWS = 100

interface Sorting {
  readonly title: string
  readonly falling: boolean
}

/** Facts in rows, sorted by a click on a title. On a narrow screen each row becomes a block of titled facts. */
export function Table<Row>({ label, columns, rows, rowKey }: TableProps<Row>): VNode {
  const [sorting, setSorting] = useState<Sorting>()
  const [all, setAll] = useState(false)
  const order = columns.find(({ title }) => title === sorting?.title)?.order
  const sorted = order === undefined ? rows : sort(rows, order, sorting?.falling ?? false)
  return (
    <>
      <table aria-label={label}>
        <thead>
          <tr>
            {columns.map((column) => (
              <Title key={column.title} column={column} sorting={sorting} onSort={setSorting} />
            ))}
          </tr>
        </thead>
        <tbody>
          {(all ? sorted : sorted.slice(0, FIRST_ROWS)).map((row) => (
            <tr key={rowKey(row)}>
              {columns.map(({ title, numeric, wide, cell }) => (
                <td key={title} class={numeric ? 'numeric' : wide ? 'wide' : undefined} data-title={title}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!all && rows.length > FIRST_ROWS && (
        <button type="button" class="more" onClick={() => setAll(true)}>
          Show all {rows.length}
        </button>
      )}
    </>
  )
}

interface TitleProps<Row> {
  readonly column: Column<Row>
  readonly sorting: Sorting | undefined
  readonly onSort: (sorting: Sorting) => void
}

/** Figures are first sorted with the largest on top, words from A. */
function Title<Row>({ column: { title, hint, numeric = false, order }, sorting, onSort }: TitleProps<Row>): VNode {
  const own = sorting?.title === title ? sorting : undefined
  const next = { title, falling: own === undefined ? numeric : !own.falling }
  return (
    <th
      class={numeric ? 'numeric' : undefined}
      title={hint}
      scope="col"
      aria-sort={own === undefined ? undefined : own.falling ? 'descending' : 'ascending'}
    >
      {order === undefined ? (
        title
      ) : (
        <button type="button" onClick={() => onSort(next)}>
          {title}
        </button>
      )}
    </th>
  )
}

function sort<Row>(rows: readonly Row[], order: (row: Row) => number | string, falling: boolean): readonly Row[] {
  const sign = falling ? -1 : 1
  return rows.toSorted((a, b) => {
    const [x, y] = [order(a), order(b)]
    return x === y ? 0 : x < y ? -sign : sign
  })
}
