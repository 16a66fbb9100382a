import type { VNode } from 'preact'
import type { Snapshot } from '../../src/dashboard/model.ts'
import type { Concern } from '../attention.ts'
import { Traffic } from '../charts/traffic.tsx'
import { AttentionCard } from '../parts/attention-card.tsx'
import type { Filter } from '../parts/filter-box.tsx'
import { OverviewTiles } from '../parts/overview-tiles.tsx'
import { ServiceTable } from '../parts/service-table.tsx'
import { NoServices } from './no-services.tsx'

export interface OverviewProps {
  readonly snapshot: Snapshot
  readonly concerns: readonly Concern[]
  readonly filter: Filter
}

/** Everything at a glance: is it well, and if not, where to look. */
export function Overview({ snapshot, concerns, filter }: OverviewProps): VNode {
  const { services, registry, history, at } = snapshot
  if (services.length === 0) return <NoServices registry={registry} at={at} />
  return (
    <>
      <OverviewTiles snapshot={snapshot} />
      <AttentionCard concerns={concerns} />
      <ServiceTable services={services} at={at} filter={filter} />
      <Traffic history={history} at={at} />
    </>
  )
}
