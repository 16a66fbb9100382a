import type { Route } from './router.ts'

/** What a page is called, in its head and on its tab. */
export function pageTitle(route: Route): string {
  switch (route.page) {
    case 'overview':
      return 'Overview'
    case 'services':
      return 'Services'
    case 'service':
      return route.key
    case 'missing':
      return 'Not found'
  }
}
