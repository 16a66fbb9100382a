import type { VNode } from 'preact'
import type { Amount } from '../format.ts'

/** An amount whose unit is small and muted. */
export function Figure({ text, unit }: Amount): VNode {
  return (
    <>
      {text}
      {unit !== '' && <span class="unit">{` ${unit}`}</span>}
    </>
  )
}
