import type { ServiceView, Snapshot, Tick } from './model.ts'

/** What a page that knows `before` needs to be told to know `after`: the services that changed, and one point each. */
export function tickBetween(before: Snapshot, after: Snapshot): Tick {
  const known = new Map(before.services.map((service) => [service.key, withoutHistory(service)]))
  const left = new Set(known.keys())
  for (const { key } of after.services) left.delete(key)
  const { seq, at, registry, scrape, totals } = after
  return {
    seq,
    at,
    registry,
    scrape,
    totals,
    changed: after.services
      .filter((service) => known.get(service.key) !== withoutHistory(service))
      .map((service) => ({ ...service, history: service.history.slice(-1) })),
    gone: [...left],
    point: after.history.at(-1)!,
  }
}

const withoutHistory = (service: ServiceView): string => JSON.stringify({ ...service, history: [] })
