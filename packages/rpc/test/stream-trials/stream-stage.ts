import { type StreamInvocation, type StreamKind, systemClock } from '@kumquat/core'
import type { Transport } from '@kumquat/rpc'
import { bothKinds } from '../../src/streaming/both-kinds.ts'
import { streamThrough } from '../../src/streaming/stream-through.ts'
import { type Serving, type ServingOptions, serving } from '../serving.ts'
import { Feeds } from './feeds.ts'

export interface StreamTransportOptions {
  readonly caller: string
  /** Default: that of the transport. */
  readonly maxItemBytes?: number
}

/** Makes a transport; everything it makes is one, whose ends find one another. */
export type MakeStreamTransport = (options: StreamTransportOptions) => Transport

/** What is said of one stream. */
export type StreamOptions = Partial<StreamInvocation> & { readonly timeoutMs?: number }

/** A transport at work, with the feeds behind it. */
export interface StreamStage extends Serving {
  readonly feeds: Feeds
  /** Streams as a consumer does. Without `timeoutMs`, 10 s. */
  stream(method: string, args?: readonly unknown[], options?: StreamOptions): AsyncIterable<unknown>
  /** Calls a method that does not stream. */
  call(method: string, args?: readonly unknown[]): Promise<unknown>
  /** Calls a `client` or `both` stream. */
  send(
    kind: StreamKind,
    method: string,
    input: AsyncIterable<unknown>,
    args?: readonly unknown[],
  ): AsyncIterable<unknown>
}

export type BeginStreams = (options?: Partial<ServingOptions & StreamTransportOptions>) => Promise<StreamStage>

/** To be called within `describe`. */
export function streamStages(make: MakeStreamTransport): BeginStreams {
  const open: StreamStage[] = []
  afterEach(async () => {
    for (const stage of open.splice(0)) {
      stage.feeds.release()
      await stage.listener[Symbol.asyncDispose]()
      await stage.endpoint[Symbol.asyncDispose]()
    }
  })
  return async ({ caller = 'web', maxItemBytes, transport: given, ...options } = {}) => {
    const transport = given ?? make({ caller, ...(maxItemBytes !== undefined && { maxItemBytes }) })
    const feeds = new Feeds()
    const own = await serving({ transport, services: [feeds], ...options })
    const { invoke, stream } = own.endpoint
    const through = streamThrough(bothKinds({ invoke, stream: stream! }), { clock: systemClock })
    const stage: StreamStage = {
      ...own,
      feeds,
      stream: (method, args = [], { timeoutMs = 10_000, ...more } = {}) =>
        through({
          service: { app: 'trial', group: 'feeds' },
          ...{ method, args, attachments: {}, idempotent: false, stream: 'server' as const },
          ...(timeoutMs < Number.POSITIVE_INFINITY && { deadline: systemClock.now() + timeoutMs }),
          ...more,
        }),
      call: async (method, args = []) => {
        const service = { app: 'trial', group: 'feeds' }
        return (await invoke({ service, method, args, attachments: {}, idempotent: false })).value
      },
      send: (kind, method, input, args = []) => stage.stream(method, args, { stream: kind, input }),
    }
    open.push(stage)
    return stage
  }
}

/** Everything that a stream yields. */
export async function all(stream: AsyncIterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of stream) items.push(item)
  return items
}

/** What a stream yields before it fails, and with what. */
export async function failing(
  stream: AsyncIterable<unknown>,
): Promise<{ readonly items: readonly unknown[]; readonly error: unknown }> {
  const items: unknown[] = []
  try {
    for await (const item of stream) items.push(item)
  } catch (error) {
    return { items, error }
  }
  throw new Error(`it ended well, after ${JSON.stringify(items)}`)
}
