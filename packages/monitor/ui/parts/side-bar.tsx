import type { VNode } from 'preact'
import type { Snapshot } from '../../src/dashboard/model.ts'
import { href, type Route } from '../router.ts'
import type { StreamState } from '../stream.ts'
import { Connections } from './connections.tsx'
import { Icon, type IconProps } from './icon.tsx'

export interface SideBarProps {
  readonly route: Route
  readonly snapshot: Snapshot | undefined
  readonly stream: StreamState
  /** How many things need attention. */
  readonly concerns: number
}

/** The way to every page, and below it where the figures come from. */
export function SideBar({ route, snapshot, stream, concerns }: SideBarProps): VNode {
  const { page } = route
  return (
    <div class="side">
      <a class="brand" href={href({ page: 'overview', filter: '' })} aria-label="Kumquat, to the overview">
        <svg viewBox="0 0 24 24" aria-hidden="true">
          <path d="M4 12h5l6-6h3M9 12l6 6h3" />
          <circle cx="4" cy="12" r="2" />
          <circle cx="20" cy="6" r="2" />
          <circle cx="20" cy="18" r="2" />
        </svg>
        Kumquat
      </a>
      <nav aria-label="Pages">
        <Entry to={{ page: 'overview', filter: '' }} icon="grid" name="Overview" current={page === 'overview'}>
          {concerns > 0 && (
            <span class="badge">
              {concerns}
              <span class="unseen"> need attention</span>
            </span>
          )}
        </Entry>
        <Entry
          to={{ page: 'services', filter: '' }}
          icon="list"
          name="Services"
          current={page === 'services' || page === 'service'}
        />
      </nav>
      <Connections snapshot={snapshot} stream={stream} />
    </div>
  )
}

interface EntryProps {
  readonly to: Route
  readonly icon: IconProps['name']
  readonly name: string
  readonly current: boolean
  readonly children?: VNode | false
}

function Entry({ to, icon, name, current, children }: EntryProps): VNode {
  return (
    <a href={href(to)} aria-current={current ? 'page' : undefined}>
      <Icon name={icon} />
      {name}
      {children}
    </a>
  )
}
