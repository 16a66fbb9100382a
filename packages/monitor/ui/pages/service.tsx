import type { VNode } from 'preact'
import type { ServiceView } from '../../src/dashboard/model.ts'
import { Traffic } from '../charts/traffic.tsx'
import { Command } from '../parts/command.tsx'
import { InstanceTable } from '../parts/instance-table.tsx'
import { MethodTable } from '../parts/method-table.tsx'
import { Notice } from '../parts/notice.tsx'
import { ServiceTiles } from '../parts/service-tiles.tsx'

export interface ServiceProps {
  readonly service: ServiceView
  readonly at: number
}

/** One service: its figures over time, its instances and its methods. */
export function Service({ service, at }: ServiceProps): VNode {
  const called = service.calls > 0 || service.history.some(({ callsPerSecond }) => callsPerSecond > 0)
  return (
    <>
      <ServiceTiles service={service} at={at} />
      {called ? <Traffic history={service.history} at={at} /> : <NoCalls service={service} />}
      {service.instances.length > 0 ? <InstanceTable instances={service.instances} at={at} /> : <NoInstances />}
      <MethodTable methods={service.methods} />
    </>
  )
}

function NoCalls({ service: { key, instances, methods } }: { service: ServiceView }): VNode {
  const instance = instances.find(({ state, gray }) => state === 'up' && !gray) ?? instances[0]
  const [method] = methods
  return (
    <Notice title="Nobody has called this service yet">
      <p>The charts begin with the first call.</p>
      {instance !== undefined && method !== undefined && (
        <>
          <p>Make one from here, with the arguments as a JSON array:</p>
          <Command
            text={`curl -X POST ${instance.id}/${key}/${method.name} -H 'content-type: application/json' -d '[]'`}
          />
        </>
      )}
    </Notice>
  )
}

function NoInstances(): VNode {
  return (
    <Notice title="No instance is registered">
      <p>Every provider of this service has left the registry. Start one, and it appears here by itself.</p>
    </Notice>
  )
}
