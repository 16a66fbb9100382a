import type { Reply, Service, Streamer, StreamInvocation } from '@kumquat/core'
import { onceIterable } from './once-iterable.ts'
import { Passage, type PassageParts } from './passage.ts'

export type StreamThroughOptions = Pick<PassageParts<StreamInvocation>, 'clock' | 'until'>

/**
 * Streams through layers that were made for calls, filters and strategies alike, down to a `bothKinds()`. To them a stream
 * is a call that lasts until its end.
 */
export function streamThrough<Call extends StreamInvocation>(
  serve: Service<Call, Reply>,
  options: StreamThroughOptions,
): Streamer<Call> {
  return (call) => onceIterable(call, () => new Passage({ serve, call, ...options }))
}
