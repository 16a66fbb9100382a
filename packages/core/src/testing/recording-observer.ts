import type { ObservedEnd, ObservedStart, Observer } from '../observer.ts'

/** An observer that remembers everything it was told. */
export interface RecordingObserver extends Observer {
  readonly starts: readonly ObservedStart[]
  readonly ends: readonly ObservedEnd[]
}

export function recordingObserver(): RecordingObserver {
  const starts: ObservedStart[] = []
  const ends: ObservedEnd[] = []
  return {
    starts,
    ends,
    started: (start) => void starts.push(start),
    ended: (end) => void ends.push(end),
  }
}
