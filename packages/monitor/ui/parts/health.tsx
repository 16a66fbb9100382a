import type { VNode } from 'preact'
import type { InstanceState, InstanceView } from '../../src/dashboard/model.ts'
import type { Tone } from './pill.tsx'

/** How each state looks and what it means. Cells differ by shape too: filled, hatched, hollow. */
export const STATES: Readonly<Record<InstanceState, { readonly tone: Tone; readonly meaning: string }>> = {
  up: { tone: 'ok', meaning: 'registered, and its statistics answer' },
  suspect: { tone: 'warn', meaning: 'registered, but its statistics did not answer the last time' },
  down: { tone: 'bad', meaning: 'registered, but its statistics did not answer three times in a row' },
}

const ORDER: readonly InstanceState[] = ['up', 'suspect', 'down']

/** More instances than this are drawn as one bar in parts. */
const MOST_CELLS = 12

export interface HealthProps {
  readonly instances: readonly InstanceView[]
}

/** One cell an instance, and how many are up. */
export function Health({ instances }: HealthProps): VNode {
  if (instances.length === 0) return <span class="warn">none registered</span>
  return (
    <span class="health">
      <HealthCells instances={instances} />
      <span>
        <b>{countUp(instances)}</b>/{instances.length}
      </span>
    </span>
  )
}

/** The cells alone, for where the numbers stand elsewhere. */
export function HealthCells({ instances }: HealthProps): VNode {
  const groups = ORDER.map((state) => ({ state, members: instances.filter((instance) => instance.state === state) }))
  if (instances.length > MOST_CELLS) {
    return (
      <span class="cells many" aria-hidden="true">
        {groups.map(
          ({ state, members: { length } }) =>
            length > 0 && <i key={state} class={state} style={{ flexGrow: length }} />,
        )}
      </span>
    )
  }
  return (
    <span class="cells" aria-hidden="true">
      {groups.flatMap(({ state, members }) =>
        members.map(({ id }) => <i key={id} class={state} title={`${id} ${state}`} />),
      )}
    </span>
  )
}

export const countUp = (instances: readonly InstanceView[]): number =>
  instances.filter(({ state }) => state === 'up').length
