import type { VNode } from 'preact'
import type { ServiceView } from '../../src/dashboard/model.ts'
import { share } from '../format.ts'
import { grayLane } from '../lane.ts'
import { Figure } from './figure.tsx'
import { FigureTiles } from './figure-tiles.tsx'
import { InstancesTile } from './instances-tile.tsx'
import { Tile } from './tile.tsx'

export interface ServiceTilesProps {
  readonly service: ServiceView
  readonly at: number
}

/** Five figures of one service. */
export function ServiceTiles({ service, at }: ServiceTilesProps): VNode {
  const { instances, versions } = service
  const named = versions.filter((version) => version !== '')
  return (
    <div class="tiles">
      <FigureTiles figures={service} history={service.history} at={at} errorNote="in the last 10 s" />
      <InstancesTile instances={instances}>
        {named.length === 0 ? 'no version' : `version ${named.join(' + ')}`}
      </InstancesTile>
      <GrayTile service={service} />
    </div>
  )
}

function GrayTile({ service }: { service: ServiceView }): VNode {
  const lane = grayLane(service)
  if (lane === undefined) {
    return (
      <Tile title="Gray" figure="–">
        no gray instance
      </Tile>
    )
  }
  return (
    <Tile title="Gray" tone="gray" figure={<Figure {...share(lane.share)} />}>
      of the calls · {lane.instances.length} of {service.instances.length} instances
    </Tile>
  )
}
