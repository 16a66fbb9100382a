import { type ReadonlySignal, signal } from '@preact/signals'

/** What the address bar says, after the `#`. `filter` is the text in the filter box, so that a filtered list can be sent. */
export type Route =
  | { readonly page: 'overview' | 'services'; readonly filter: string }
  | { readonly page: 'service'; readonly key: string }
  | { readonly page: 'missing'; readonly path: string }

export interface Router {
  readonly route: ReadonlySignal<Route>
  /** Changes the address without a step in the history. */
  replace(route: Route): void
}

/** Reads `#/`, `#/services?filter=movie` and `#/services/movie/catalog`. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?')
  const filter = new URLSearchParams(query).get('filter') ?? ''
  const [page, app, group, ...rest] = path.split('/').map(decode)
  if (page === '') return { page: 'overview', filter }
  if (page === 'services' && !app) return { page: 'services', filter }
  if (page === 'services' && group && rest.length === 0) return { page: 'service', key: `${app}/${group}` }
  return { page: 'missing', path }
}

/** The address of a route: the inverse of `parseRoute`. */
export function href(route: Route): string {
  switch (route.page) {
    case 'overview':
      return `#/${query(route.filter)}`
    case 'services':
      return `#/services${query(route.filter)}`
    case 'service':
      return `#/services/${route.key.split('/').map(encodeURIComponent).join('/')}`
    case 'missing':
      return `#/${route.path}`
  }
}

/** Follows the address bar of `window`. */
export function router(window: Window): Router {
  const route = signal(parseRoute(window.location.hash))
  const follow = (): void => {
    route.value = parseRoute(window.location.hash)
  }
  window.addEventListener('hashchange', follow)
  return {
    route,
    replace: (next) => {
      window.history.replaceState(null, '', href(next))
      follow()
    },
  }
}

const query = (filter: string): string => (filter === '' ? '' : `?${new URLSearchParams({ filter })}`)

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
