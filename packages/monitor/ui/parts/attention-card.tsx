import type { VNode } from 'preact'
import type { Concern } from '../attention.ts'
import { Pill } from './pill.tsx'

export interface AttentionCardProps {
  readonly concerns: readonly Concern[]
}

/** What somebody should look at now, in sentences. Absent when there is nothing. */
export function AttentionCard({ concerns }: AttentionCardProps): VNode | null {
  const [worst] = concerns
  if (worst === undefined) return null
  return (
    <section class={worst.tone === 'bad' ? 'card attention urgent' : 'card attention'} aria-labelledby="attention">
      <h2 id="attention">
        Needs attention <Pill tone={worst.tone}>{concerns.length}</Pill>
      </h2>
      <ul>
        {concerns.map((concern) => (
          <li key={`${concern.subject} ${concern.label}`}>
            <Pill tone={concern.tone}>{concern.label}</Pill>
            {concern.href === undefined ? <b>{concern.subject}</b> : <a href={concern.href}>{concern.subject}</a>}
            <span>{concern.sentence}</span>
          </li>
        ))}
      </ul>
    </section>
  )
}
