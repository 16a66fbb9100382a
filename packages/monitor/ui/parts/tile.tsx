import type { ComponentChildren, VNode } from 'preact'

export interface TileProps {
  readonly title: string
  readonly tone?: 'bad' | 'warn' | 'gray'
  /** The one large figure. */
  readonly figure: ComponentChildren
  /** Beside the figure: a sparkline, or the health of the instances. */
  readonly picture?: ComponentChildren
  /** One short line below. */
  readonly children: ComponentChildren
}

/** A card with one figure. */
export function Tile({ title, tone, figure, picture, children }: TileProps): VNode {
  return (
    <section class="card tile">
      <h2>{title}</h2>
      <div>
        <strong class={tone}>{figure}</strong>
        {picture}
      </div>
      <p>{children}</p>
    </section>
  )
}
