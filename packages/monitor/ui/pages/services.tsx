import type { VNode } from 'preact'
import type { Snapshot } from '../../src/dashboard/model.ts'
import type { Filter } from '../parts/filter-box.tsx'
import { ServiceTable } from '../parts/service-table.tsx'
import { NoServices } from './no-services.tsx'

export interface ServicesProps {
  readonly snapshot: Snapshot
  readonly filter: Filter
}

/** The list of services, alone. */
export function Services({ snapshot, filter }: ServicesProps): VNode {
  const { services, registry, at } = snapshot
  if (services.length === 0) return <NoServices registry={registry} at={at} />
  return <ServiceTable services={services} at={at} filter={filter} />
}
