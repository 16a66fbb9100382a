import type { VNode } from 'preact'
import type { ServiceView } from '../../src/dashboard/model.ts'
import { plain, share } from '../format.ts'
import { grayLane } from '../lane.ts'

export interface GrayShareProps {
  readonly service: ServiceView
}

/** The part of a service's calls that the gray lane has; a dash where there is no such lane. */
export function GrayShare({ service }: GrayShareProps): VNode {
  const lane = grayLane(service)
  if (lane === undefined) return <span class="mute">–</span>
  return (
    <span class="gray-share">
      <span class="bar" aria-hidden="true">
        <i class="gray" style={{ width: `${lane.share * 100}%` }} />
      </span>
      <b>{plain(share(lane.share))}</b>
    </span>
  )
}
