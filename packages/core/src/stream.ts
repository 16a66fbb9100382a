import type { Invocation, StreamKind } from './invocation.ts'

/** One call of a streaming method. */
export interface StreamInvocation extends Invocation {
  readonly stream: StreamKind
  /** What the consumer sends, of `client` and `both`. It is read once, by who serves it. */
  readonly input?: AsyncIterable<unknown>
}

/**
 * Streams: the second shape of a call. Nothing happens before the first `next()`, and the items can be gone through once;
 * leaving early cancels. A `client` stream yields one item, which is the reply. A failure is thrown after the items that came.
 */
export type Streamer<in Call extends StreamInvocation = StreamInvocation> = (call: Call) => AsyncIterable<unknown>

/** Wraps a streamer in one more behaviour, where each item matters. What only concerns the whole is a `Filter`. */
export type StreamFilter<Call extends StreamInvocation = StreamInvocation> = (next: Streamer<Call>) => Streamer<Call>

/** Puts filters around a streamer. The first is the outermost: it sees the call first and each item last. */
export function filteredStream<Call extends StreamInvocation>(
  stream: Streamer<Call>,
  filters: readonly StreamFilter<Call>[],
): Streamer<Call> {
  return filters.reduceRight((next, filter) => filter(next), stream)
}
