import type { Point, ServiceView, Snapshot, Tick } from '../src/dashboard/model.ts'

/** Points kept of each history: five minutes of seconds, as in a snapshot. */
const HISTORY_LENGTH = 300

/** The snapshot that a tick makes of the one before it. */
export function advance(before: Snapshot, { changed, gone, point, ...rest }: Tick): Snapshot {
  const news = new Map(changed.map((service) => [service.key, service]))
  const kept = before.services.filter(({ key }) => !gone.includes(key))
  const known = new Set(kept.map(({ key }) => key))
  const added = changed.filter(({ key }) => !known.has(key))
  return {
    ...rest,
    services: [...kept.map((service) => renew(service, news.get(service.key), rest.at)), ...added].sort(byKey),
    history: append(before.history, [point]),
  }
}

/** No news of a service is news too: its second was as the one before. */
function renew(service: ServiceView, news: ServiceView | undefined, at: number): ServiceView {
  const { history } = service
  if (news !== undefined) return { ...news, history: append(history, news.history) }
  return {
    ...service,
    history: append(
      history,
      history.slice(-1).map((last) => ({ ...last, at })),
    ),
  }
}

function append(history: readonly Point[], points: readonly Point[]): readonly Point[] {
  const last = history.at(-1)?.at ?? Number.NEGATIVE_INFINITY
  return [...history, ...points.filter(({ at }) => at > last)].slice(-HISTORY_LENGTH)
}

const byKey = (a: ServiceView, b: ServiceView): number => (a.key < b.key ? -1 : 1)
