import type { VNode } from 'preact'
import { Notice } from '../parts/notice.tsx'
import { href } from '../router.ts'

export interface MissingProps {
  readonly what: string
  readonly registryUrl: string
}

/** For an address that names nothing. */
export function Missing({ what, registryUrl }: MissingProps): VNode {
  return (
    <Notice title={`There is no ${what}`}>
      <p>
        Nothing of this name is registered at <code>{registryUrl}</code> now. If it comes back, this page fills in by
        itself.
      </p>
      <p>
        <a href={href({ page: 'services', filter: '' })}>See all services</a>
      </p>
    </Notice>
  )
}
