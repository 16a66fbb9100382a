import { type ReadonlySignal, signal } from '@preact/signals'
import type { Snapshot } from '../src/dashboard/model.ts'
import { advance } from './advance.ts'
import type { After } from './runtime.ts'
import { type StreamState, UpdateStream } from './stream.ts'
import { holdWhileHidden } from './visibility.ts'

/** All that the page knows. */
export interface Board {
  /** Undefined until the server's first word. Stays as it was while the stream is lost. */
  readonly snapshot: ReadonlySignal<Snapshot | undefined>
  readonly stream: ReadonlySignal<StreamState>
  pause(): void
  resume(): void
}

export interface BoardOptions {
  /** Of the server-sent events. */
  readonly url: string
  readonly page: Document
  readonly after: After
}

/** Opens the stream and keeps what it tells. */
export function board({ url, page, after }: BoardOptions): Board {
  const snapshot = signal<Snapshot | undefined>(undefined)
  const state = signal<StreamState>('connecting')
  const stream = new UpdateStream(
    url,
    {
      snapshot: (whole) => {
        snapshot.value = whole
      },
      tick: (tick) => {
        const before = snapshot.value
        if (before === undefined || tick.seq <= before.seq) return
        if (tick.seq === before.seq + 1) snapshot.value = advance(before, tick)
        else stream.retry()
      },
      state: (next) => {
        state.value = next
      },
    },
    after,
  )
  holdWhileHidden(stream, page, after)
  stream.open()
  return { snapshot, stream: state, pause: () => stream.hold('person'), resume: () => stream.release('person') }
}
