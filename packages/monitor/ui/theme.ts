import { type ReadonlySignal, signal } from '@preact/signals'

export type Shade = 'light' | 'dark'

export interface Theme {
  readonly shade: ReadonlySignal<Shade>
  /** Changes to the other shade and remembers it in this browser. */
  toggle(): void
}

const KEY = 'kumquat.theme'

/** The shade the person chose here before; the system's, as it changes, until then. */
export function theme(window: Window): Theme {
  const dark = window.matchMedia('(prefers-color-scheme: dark)')
  const system = (): Shade => (dark.matches ? 'dark' : 'light')
  const shade = signal(recall(window) ?? system())
  const show = (next: Shade): void => {
    shade.value = next
    window.document.documentElement.setAttribute('data-theme', next)
  }
  show(shade.value)
  dark.addEventListener('change', () => recall(window) ?? show(system()))
  return {
    shade,
    toggle: () => {
      show(shade.value === 'dark' ? 'light' : 'dark')
      remember(window, shade.value)
    },
  }
}

// A browser may refuse storage altogether; then the choice lasts as long as the page.

function recall(window: Window): Shade | undefined {
  try {
    const kept = window.localStorage.getItem(KEY)
    return kept === 'light' || kept === 'dark' ? kept : undefined
  } catch {
    return undefined
  }
}

function remember(window: Window, shade: Shade): void {
  try {
    window.localStorage.setItem(KEY, shade)
  } catch {}
}
