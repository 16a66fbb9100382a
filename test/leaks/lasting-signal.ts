import { getEventListeners } from 'node:events'
import { RpcError, silent, sleep, systemClock } from '@kumquat/core'
import { MemoryTree, memory } from '@kumquat/registry'
import {
  type Client,
  consumer,
  currentCall,
  httpConnect,
  httpListen,
  memoryTransport,
  method,
  provider,
  service,
  type Transport,
} from '@kumquat/rpc'
import { heapInUse } from './heap.ts'

@service({ app: 'leak', group: 'work' })
class Work {
  @method({ idempotent: true })
  answer(n: number): number {
    return n
  }

  @method()
  fail(): never {
    throw new RpcError('not_found', 'as always')
  }

  /** Until nobody waits for it any more. */
  @method()
  async hold(): Promise<void> {
    const signal = currentCall()!.signal!
    if (signal.aborted) return
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
  }
}

export type Carrier = 'memory' | 'http'

export interface LastingSignalOptions {
  readonly carrier: Carrier
  readonly calls: number
}

/** What is left after many calls with one signal. */
export interface Leftovers {
  readonly carrier: Carrier
  readonly calls: number
  /** How the calls ended, by code. */
  readonly ends: Readonly<Record<string, number>>
  /** On the signal. */
  readonly listeners: number
  /** Growth of the heap after the first calls, in bytes. */
  readonly grown: number
  /** Open, servers included, beyond those before. */
  readonly sockets: number
}

/**
 * Makes calls with one signal that never aborts, a hundred at a time. Of a hundred one fails, one is aborted by a signal of its
 * own, and one runs into its deadline; the rest is answered.
 */
export async function lastingSignal({ carrier, calls }: LastingSignalOptions): Promise<Leftovers> {
  const before = sockets()
  const tree = new MemoryTree()
  const { signal } = new AbortController()
  const ends: Record<string, number> = {}
  let grown: number
  {
    const { connect, listen } = transportOf(carrier)
    await using here = memory({ tree })
    await using there = memory({ tree })
    await using _ = await provider({
      registry: there,
      services: [new Work()],
      listen,
      quietMs: 0,
      signals: [],
      logger: silent,
    })
    await using consuming = await consumer({ registry: here, connect, logger: silent, timeoutMs: 60_000 })
    const work = consuming.client(Work, { signal })
    await batches(Math.min(calls, WARM_UP), work, {})
    const warm = await heapInUse()
    await batches(calls, work, ends)
    grown = (await heapInUse()) - warm
  }
  // Sockets close in their own time.
  for (let i = 0; i < 250 && sockets() > before; i++) await sleep(systemClock, 20)
  return {
    ...{ carrier, calls, ends, grown },
    listeners: getEventListeners(signal, 'abort').length,
    sockets: sockets() - before,
  }
}

async function batches(calls: number, work: Client<Work>, ends: Record<string, number>): Promise<void> {
  for (let first = 0; first < calls; first += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, calls - first) }, (_, i) => codeOf(one(work, i)))
    for (const code of await Promise.all(batch)) ends[code] = (ends[code] ?? 0) + 1
  }
}

function one(work: Client<Work>, i: number): Promise<unknown> {
  if (i === 1) return work.fail()
  if (i === 2) return work.with({ timeoutMs: 1 }).hold()
  if (i !== 3) return work.answer(i)
  const aborting = new AbortController()
  setImmediate(() => aborting.abort())
  return work.with({ signal: aborting.signal }).hold()
}

const codeOf = (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'ok',
    (error: unknown) => (RpcError.is(error) ? error.code : String(error)),
  )

const sockets = (): number => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP')).length

function transportOf(carrier: Carrier): Transport {
  if (carrier === 'memory') return memoryTransport()
  return { connect: httpConnect({ logger: silent, connectTimeoutMs: 10_000 }), listen: httpListen() }
}

const BATCH = 100
const WARM_UP = 10_000
