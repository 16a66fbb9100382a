import type { StreamState } from '../stream.ts'

/** The state of the stream in one word for people. */
export const STREAM_WORDS: Readonly<Record<StreamState, string>> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
  paused: 'Paused',
}
