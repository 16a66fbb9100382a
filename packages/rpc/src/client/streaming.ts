import { formatServiceKey, RpcError, type Streamer, type StreamInvocation, type StreamKind } from '@kumquat/core'
import { onceIterable } from '../streaming/once-iterable.ts'
import { mergedOptions } from './call-options.ts'
import type { CallingParts } from './calling.ts'
import { optionsAmong } from './given-options.ts'
import { attachmentsOf, seldomOf } from './options-of.ts'

export interface StreamingParts extends CallingParts {
  /** What streams are begun with. Default: nothing streams. */
  readonly stream?: Streamer
}

/** The remote face of a streaming method: an iterable at once, or a promise where there is one reply. */
export type StreamingMethod = (...given: unknown[]) => AsyncIterable<unknown> | Promise<unknown>

/**
 * Turns calls of streaming methods into stream invocations. The time of a consumer is not theirs: one that goes on for days
 * is none that hangs.
 */
export function streaming(parts: StreamingParts): (method: string, kind: StreamKind) => StreamingMethod {
  const { target, stream = nothingStreams, options, each = false, clock } = parts
  const { service, timeouts } = target
  const attachments = attachmentsOf(options)
  const seldom = seldomOf(parts)
  // Once whatever filters make of it; its time begins with it, not when it was asked for.
  const begun = (call: StreamInvocation, timeoutMs: number | undefined): AsyncIterable<unknown> =>
    onceIterable(call, () => {
      const deadline = timeoutMs === undefined ? undefined : { deadline: clock.now() + timeoutMs }
      return stream({ ...call, ...deadline })[Symbol.asyncIterator]()
    })
  return (method, kind) => {
    const timeoutMs = options.timeoutMs ?? timeouts?.get(method)
    return (...given) => {
      const own = optionsAmong(given)
      if (own !== undefined) {
        const merged = { ...parts, options: mergedOptions(options, own) }
        return streaming(merged)(method, kind)(...given.slice(0, -1))
      }
      const call: StreamInvocation = {
        ...{ service, method, attachments, idempotent: false, stream: kind },
        ...(kind === 'server' ? { args: given } : withInput(method, given)),
        ...seldom,
      }
      const streamed = each ? notOfEach(call) : begun(call, timeoutMs)
      return kind === 'client' ? replyOf(streamed) : streamed
    }
  }
}

/** Splits what a method was given into its arguments and the stream after them. */
function withInput(method: string, given: readonly unknown[]): Pick<StreamInvocation, 'args'> & Input {
  const input = given.at(-1)
  if (typeof input === 'object' && input !== null && Symbol.asyncIterator in input) {
    return { args: given.slice(0, -1), input: input as AsyncIterable<unknown> }
  }
  throw new TypeError(`the last argument of ${method} must be an AsyncIterable, got ${typeof input}`)
}

type Input = Required<Pick<StreamInvocation, 'input'>>

async function replyOf(streamed: AsyncIterable<unknown>): Promise<unknown> {
  let reply: unknown
  for await (const item of streamed) reply = item
  return reply
}

const nothingStreams: Streamer = ({ method }) => {
  throw new RpcError('unimplemented', `${method} cannot stream: this client carries calls only`, { outcome: 'not-run' })
}

const notOfEach: Streamer = ({ service, method }) => {
  const name = `${formatServiceKey(service)}/${method}`
  throw new RpcError('unimplemented', `${name} streams: it cannot be asked of each provider at once`, {
    outcome: 'not-run',
  })
}
