import type { VNode } from 'preact'

const PATHS = {
  grid: 'M2 2h5v5H2zM9 2h5v5H9zM2 9h5v5H2zM9 9h5v5H9z',
  list: 'M2 3h12M2 8h12M2 13h12',
  search: 'M7 2a5 5 0 1 0 .01 0M11 11l3.5 3.5',
  sun: 'M8 5a3 3 0 1 0 .01 0M8 .8v1.6M8 13.6v1.6M.8 8h1.6M13.6 8h1.6M2.9 2.9 4 4M12 12l1.1 1.1M13.1 2.9 12 4M4 12l-1.1 1.1',
  moon: 'M13.5 10A6 6 0 0 1 6 2.5a6 6 0 1 0 7.5 7.5z',
  pause: 'M5.5 3v10M10.5 3v10',
  play: 'M4.5 2.5v11l8.5-5.5z',
} as const

export interface IconProps {
  readonly name: keyof typeof PATHS
}

/** A line drawing beside words that say the same; hidden from screen readers. */
export function Icon({ name }: IconProps): VNode {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  )
}
