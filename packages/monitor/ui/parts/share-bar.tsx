import type { VNode } from 'preact'
import type { InstanceView } from '../../src/dashboard/model.ts'
import { share as format, plain } from '../format.ts'

export interface ShareBarProps {
  readonly instance: InstanceView
  /** The ratio that fills the whole bar. */
  readonly full: number
}

/** The part of the calls that an instance has; the mark is the part that its weight promises. */
export function ShareBar({ instance: { share, expectedShare, gray, unmeasured }, full }: ShareBarProps): VNode {
  const place = (ratio: number): string => `${Math.min(100, (ratio / full) * 100)}%`
  return (
    <span class="share">
      <span class="bar" aria-hidden="true">
        <i class={gray ? 'gray' : ''} style={{ width: place(share) }} />
        <em style={{ left: place(expectedShare) }} />
      </span>
      {format(expectedShare).text} / {unmeasured ? '?' : plain(format(share))}
    </span>
  )
}
