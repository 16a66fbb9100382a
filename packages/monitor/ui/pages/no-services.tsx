import type { VNode } from 'preact'
import type { RegistryView } from '../../src/dashboard/model.ts'
import { moment } from '../format.ts'
import { Command } from '../parts/command.tsx'
import { Notice } from '../parts/notice.tsx'

export interface NoServicesProps {
  readonly registry: RegistryView
  readonly at: number
}

/** What a page of services says when there are none: either nobody provides anything, or nobody could tell us. */
export function NoServices({ registry, at }: NoServicesProps): VNode {
  const { url, state, since } = registry
  if (state !== 'connected') {
    const check = checkCommand(url)
    return (
      <Notice title={`The registry is not connected (${state})`}>
        <p>
          <code>{url}</code> has not answered since {moment(since, at)}, so nobody knows what runs. Services appear here
          by themselves once it is back.
        </p>
        {check !== undefined && (
          <>
            <p>See whether it can be reached from here:</p>
            <Command text={check} />
          </>
        )}
      </Notice>
    )
  }
  return (
    <Notice title="No service is registered yet">
      <p>
        The registry <code>{url}</code> answers, and holds no provider. A provider appears here as soon as it starts:
      </p>
      <Command text={`await provider({ registry: '${url}', services: [new Movies()] })`} />
      <p>Or start the movie demo on this registry:</p>
      <Command text={`npm start -- --registry ${url}`} />
    </Notice>
  )
}

/** A line that tells whether the backend of `url` is there; undefined for one that lives within a process. */
function checkCommand(url: string): string | undefined {
  const [, scheme, rest = ''] = /^([a-z]+):(.*)$/.exec(url) ?? []
  if (scheme === 'file') return `ls -la ${rest}`
  const [, host, port] = /^\/\/(\[[^\]]+\]|[^:,/]+):(\d+)/.exec(rest) ?? []
  return host === undefined ? undefined : `nc -vz ${host} ${port}`
}
