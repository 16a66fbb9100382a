import type { VNode } from 'preact'
import type { ServiceView } from '../../src/dashboard/model.ts'
import { Sparkline } from '../charts/sparkline.tsx'
import { href } from '../router.ts'
import { describeTimespan, timespan } from '../timespan.ts'
import { callsColumn, errorsColumn, p50Column, p95Column, p99Column } from './figure-columns.tsx'
import { type Filter, FilterBox } from './filter-box.tsx'
import { GrayShare } from './gray-share.tsx'
import { countUp, Health } from './health.tsx'
import { type Column, Table } from './table.tsx'

export interface ServiceTableProps {
  readonly services: readonly ServiceView[]
  readonly at: number
  readonly filter: Filter
}

/** One row a service. */
export function ServiceTable({ services, at, filter }: ServiceTableProps): VNode {
  const shown = filter.text === '' ? services : services.filter((service) => matches(service, filter.text))
  return (
    <section class="card table" aria-labelledby="services">
      <div class="tools">
        <h2 id="services">Services</h2>
        <FilterBox filter={filter} placeholder="Filter by service, version, method, address" />
        {filter.text !== '' && (
          <span class="mute" role="status">
            {shown.length} of {services.length}
          </span>
        )}
      </div>
      {shown.length > 0 ? (
        <Table label="Services" columns={columns(at)} rows={shown} rowKey={({ key }) => key} />
      ) : (
        <p class="none">
          No service matches “{filter.text}”.{' '}
          <button type="button" onClick={() => filter.change('')}>
            Show all {services.length}
          </button>
        </p>
      )}
    </section>
  )
}

/** Every word of the filter stands in something that people know the service by. */
function matches({ key, versions, methods, instances }: ServiceView, filter: string): boolean {
  const known = [key, ...versions, ...methods.map(({ name }) => name), ...instances.map(({ id }) => id)]
  const text = known.join('\n').toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
}

function columns(at: number): readonly Column<ServiceView>[] {
  return [
    { title: 'Service', cell: (service) => <Name service={service} />, order: ({ key }) => key },
    {
      title: 'Instances',
      hint: 'up / registered',
      cell: ({ instances }) => <Health instances={instances} />,
      order: ({ instances }) => countUp(instances) / (instances.length || 1),
    },
    {
      title: 'Gray',
      hint: 'part of the calls of the last 10 s that the gray lane had',
      cell: (service) => <GrayShare service={service} />,
    },
    callsColumn,
    { title: 'Trend', hint: 'calls/s', cell: (service) => <Trend service={service} at={at} /> },
    p50Column,
    p95Column,
    p99Column,
    errorsColumn,
  ]
}

function Name({ service: { key, versions } }: { service: ServiceView }): VNode {
  return (
    <>
      <a class="whole-row" href={href({ page: 'service', key })}>
        {key}
      </a>
      <small>{versions.filter((version) => version !== '').join(' + ') || 'no version'}</small>
    </>
  )
}

function Trend({ service: { history }, at }: { service: ServiceView; at: number }): VNode {
  const span = timespan(history, at)
  return (
    <Sparkline
      points={history}
      span={span}
      of={({ callsPerSecond }) => callsPerSecond}
      label={`calls per second, ${describeTimespan(span)}`}
    />
  )
}
