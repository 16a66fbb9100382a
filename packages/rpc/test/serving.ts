import {
  type Clock,
  type Endpoint,
  type Filter,
  type Invocation,
  type Logger,
  type Observer,
  type ProviderRecord,
  providerRecord,
  type Reply,
  silent,
  systemClock,
} from '@kumquat/core'
import type { Listener, ServedCall, ServedStream, Transport } from '@kumquat/rpc'
import { offerOf } from '../src/contract/offer.ts'
import { aroundServing } from '../src/filters/order.ts'
import { dispatch } from '../src/provider/dispatch.ts'
import { dispatchStream } from '../src/provider/dispatch-stream.ts'
import { bothKinds } from '../src/streaming/both-kinds.ts'
import { streamThrough } from '../src/streaming/stream-through.ts'
import { Movies } from './movies.ts'

export interface ServingOptions {
  readonly transport: Transport
  readonly services?: readonly object[]
  readonly clock?: Clock
  readonly logger?: Logger
  readonly observer?: Observer
  readonly instance?: string
  readonly port?: number
  readonly maxBodyBytes?: number
  readonly stats?: () => unknown
  readonly filters?: readonly Filter<ServedCall, Reply>[]
}

/** A transport with something at its serving end, and a line to it. */
export interface Serving extends AsyncDisposable {
  readonly listener: Listener
  readonly endpoint: Endpoint
  /** By which other lines to it are opened. */
  readonly record: ProviderRecord
  /** `host:port`. */
  readonly address: string
}

export async function serving({
  transport,
  services = [new Movies()],
  clock = systemClock,
  logger = silent,
  observer,
  instance = 'instance-1',
  port = 0,
  maxBodyBytes = 1_048_576,
  stats,
  filters = [],
}: ServingOptions): Promise<Serving> {
  const offers = services.map(offerOf)
  const ends = bothKinds<ServedCall>({
    invoke: dispatch({ offers, logger }),
    stream: dispatchStream({ offers, logger }),
  })
  const serve = aroundServing(clock, filters)(ends)
  const serveStream = streamThrough<ServedStream>(serve, { clock })
  const host = '127.0.0.1'
  const listener = await transport.listen({
    ...{ host, port, offers, serve, serveStream, instance, maxBodyBytes, clock, logger },
    ...(observer && { observer }),
    ...(stats && { stats }),
  })
  const { port: bound, transports } = listener
  const record = providerRecord({ host, port: bound, ...(transports && { transports }) })
  const endpoint = transport.connect(record)
  return {
    listener,
    endpoint,
    record,
    address: record.id,
    async [Symbol.asyncDispose]() {
      await endpoint[Symbol.asyncDispose]()
      await listener[Symbol.asyncDispose]()
    },
  }
}

/** A call of the movie service with 5 s to live. */
export function calling(method: string, args: readonly unknown[] = [], more: Partial<Invocation> = {}): Invocation {
  return {
    service: { app: 'movie', group: 'catalog' },
    method,
    args,
    attachments: {},
    idempotent: false,
    deadline: systemClock.now() + 5_000,
    ...more,
  }
}
