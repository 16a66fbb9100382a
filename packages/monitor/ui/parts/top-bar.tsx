import type { VNode } from 'preact'
import { pageTitle } from '../page-title.ts'
import { href, type Route } from '../router.ts'
import type { Board } from '../state.ts'
import type { Theme } from '../theme.ts'
import { Icon } from './icon.tsx'
import { STREAM_WORDS } from './stream-words.ts'

export interface TopBarProps {
  readonly route: Route
  readonly board: Board
  readonly theme: Theme
}

/** The name of the page, and the two switches: updates and shade. */
export function TopBar({ route, board, theme }: TopBarProps): VNode {
  return (
    <header>
      <h1 id="title">
        {route.page === 'service' && <Crumb />}
        {pageTitle(route)}
      </h1>
      <StreamSwitch board={board} />
      <ThemeSwitch theme={theme} />
    </header>
  )
}

function Crumb(): VNode {
  return (
    <>
      <a class="crumb" href={href({ page: 'services', filter: '' })}>
        Services
      </a>
      <span class="mute"> / </span>
    </>
  )
}

function StreamSwitch({ board }: { board: Board }): VNode {
  const state = board.stream.value
  const paused = state === 'paused'
  return (
    <button
      type="button"
      class={`switch ${state}`}
      title={paused ? 'Go on with live updates' : 'Hold the figures still'}
      onClick={paused ? board.resume : board.pause}
    >
      {STREAM_WORDS[state]}
      <Icon name={paused ? 'play' : 'pause'} />
    </button>
  )
}

function ThemeSwitch({ theme }: { theme: Theme }): VNode {
  const other = theme.shade.value === 'dark' ? 'light' : 'dark'
  return (
    <button type="button" class="switch" onClick={theme.toggle} title={`Change to the ${other} theme`}>
      <Icon name={other === 'dark' ? 'moon' : 'sun'} />
      {other === 'dark' ? 'Dark' : 'Light'}
    </button>
  )
}
