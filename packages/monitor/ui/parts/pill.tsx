import type { ComponentChildren, VNode } from 'preact'

export type Tone = 'ok' | 'warn' | 'bad' | 'gray'

export interface PillProps {
  /** `gray` is for the gray lane alone. */
  readonly tone: Tone
  readonly title?: string
  readonly children: ComponentChildren
}

/** One word of state. */
export function Pill({ tone, title, children }: PillProps): VNode {
  return (
    <span class={`pill ${tone}`} title={title}>
      {children}
    </span>
  )
}
