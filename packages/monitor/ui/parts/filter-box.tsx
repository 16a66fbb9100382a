import type { VNode } from 'preact'
import { Icon } from './icon.tsx'

/** The text that a list is filtered by, and how to change it. */
export interface Filter {
  readonly text: string
  change(text: string): void
}

export interface FilterBoxProps {
  readonly filter: Filter
  readonly placeholder: string
}

/** Filters as one types; Escape empties it. */
export function FilterBox({ filter, placeholder }: FilterBoxProps): VNode {
  return (
    <label class="filter">
      <Icon name="search" />
      <input
        type="search"
        aria-label={placeholder}
        placeholder={placeholder}
        value={filter.text}
        onInput={({ currentTarget }) => filter.change(currentTarget.value)}
        onKeyDown={({ key }) => key === 'Escape' && filter.change('')}
      />
    </label>
  )
}
