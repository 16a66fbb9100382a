import type { ComponentChildren, VNode } from 'preact'
import type { InstanceView } from '../../src/dashboard/model.ts'
import { count } from '../format.ts'
import { countUp, HealthCells } from './health.tsx'
import { Tile } from './tile.tsx'

export interface InstancesTileProps {
  readonly instances: readonly InstanceView[]
  readonly children: ComponentChildren
}

/** How many of the registered instances are up. */
export function InstancesTile({ instances, children }: InstancesTileProps): VNode {
  const figure = (
    <>
      {count(countUp(instances))}
      <span class="unit"> / {count(instances.length)}</span>
    </>
  )
  return (
    <Tile title="Instances up" figure={figure} picture={<HealthCells instances={instances} />}>
      {children}
    </Tile>
  )
}
