import type { ObservedEnd, ObservedKind, ObservedStart, Observer, ServiceKey } from '@kumquat/core'

/** The service that the tests of this package call. */
export const CATALOG: ServiceKey = { app: 'movie', group: 'catalog' }

export const start = (known: Partial<ObservedStart> = {}): ObservedStart => ({
  kind: 'served',
  service: CATALOG,
  method: 'getMovieById',
  lane: 'stable',
  caller: 'web',
  ...known,
})

export const end = (known: Partial<ObservedEnd> = {}): ObservedEnd => ({
  ...start(),
  code: 'ok',
  durationMs: 5,
  ...known,
})

/** Tells an observer of a whole call. */
export function observe(observer: Observer, known: Partial<ObservedEnd> = {}): void {
  observer.started(start(known))
  observer.ended(end(known))
}

export const KINDS: readonly ObservedKind[] = ['call', 'attempt', 'served']
