import type { ComponentChildren, VNode } from 'preact'

export interface NoticeProps {
  readonly title: string
  /** What is so, and the next step. */
  readonly children: ComponentChildren
}

/** What stands where there is nothing to show. */
export function Notice({ title, children }: NoticeProps): VNode {
  return (
    <section class="card notice">
      <h2>{title}</h2>
      {children}
    </section>
  )
}
