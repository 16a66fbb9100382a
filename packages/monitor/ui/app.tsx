import type { ComponentChildren, VNode } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { Snapshot } from '../src/dashboard/model.ts'
import { attention, type Concern } from './attention.ts'
import { pageTitle } from './page-title.ts'
import { Missing } from './pages/missing.tsx'
import { Overview } from './pages/overview.tsx'
import { Service } from './pages/service.tsx'
import { Services } from './pages/services.tsx'
import { Waiting } from './pages/waiting.tsx'
import { LostBanner } from './parts/lost-banner.tsx'
import { SideBar } from './parts/side-bar.tsx'
import { TopBar } from './parts/top-bar.tsx'
import { href, type Route, type Router } from './router.ts'
import type { Board } from './state.ts'
import type { Theme } from './theme.ts'

export interface AppProps {
  readonly board: Board
  readonly router: Router
  readonly theme: Theme
}

/** The frame around every page: side bar, top bar, and the page that the address names. */
export function App({ board, router, theme }: AppProps): VNode {
  const route = router.route.value
  const snapshot = board.snapshot.value
  const concerns = snapshot === undefined ? [] : attention(snapshot)
  const main = useNewPage(route)
  return (
    <div class="frame">
      <SideBar route={route} snapshot={snapshot} stream={board.stream.value} concerns={concerns.length} />
      <main ref={main} tabIndex={-1} aria-labelledby="title">
        <div class="head">
          <TopBar route={route} board={board} theme={theme} />
          {snapshot !== undefined && <LostBanner stream={board.stream.value} at={snapshot.at} />}
        </div>
        <div class="page">
          {snapshot === undefined ? <Waiting stream={board.stream.value} /> : page(route, snapshot, concerns, router)}
        </div>
      </main>
    </div>
  )
}

function page(route: Route, snapshot: Snapshot, concerns: readonly Concern[], { replace }: Router): ComponentChildren {
  switch (route.page) {
    case 'overview':
    case 'services': {
      const filter = { text: route.filter, change: (text: string) => replace({ ...route, filter: text }) }
      if (route.page === 'overview') return <Overview snapshot={snapshot} concerns={concerns} filter={filter} />
      return <Services snapshot={snapshot} filter={filter} />
    }
    case 'service': {
      const service = snapshot.services.find(({ key }) => key === route.key)
      if (service === undefined) return <Missing what={`service ${route.key}`} registryUrl={snapshot.registry.url} />
      return <Service key={service.key} service={service} at={snapshot.at} />
    }
    case 'missing':
      return <Missing what={`page “${route.path}”`} registryUrl={snapshot.registry.url} />
  }
}

/** Names the tab after the page and, after a step to another page, moves the focus there. */
function useNewPage(route: Route): { current: HTMLElement | null } {
  const main = useRef<HTMLElement>(null)
  const first = useRef(true)
  const address = href('filter' in route ? { ...route, filter: '' } : route)
  useEffect(() => {
    document.title = `${pageTitle(route)} · Kumquat`
    if (!first.current) main.current?.focus()
    first.current = false
  }, [address])
  return main
}
