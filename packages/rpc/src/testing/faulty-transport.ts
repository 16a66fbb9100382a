import {
  type Clock,
  type Connect,
  type Endpoint,
  type Invocation,
  RpcError,
  remainingMs,
  type StreamInvocation,
  sleep,
  systemClock,
} from '@kumquat/core'
import { memoryTransport } from '../memory/memory-transport.ts'
import type { Transport } from '../transport.ts'

export interface FaultyTransportOptions {
  /** What carries calls on good days. Default `memoryTransport()`. */
  readonly transport?: Transport
  readonly clock?: Clock
}

/** A transport with switches for its bad days. Providers go by `host:port`; without one, a switch is that of all lines. */
export interface FaultyTransport extends Transport {
  /** Calls do not leave, and the line shows `closed`: as when nobody listens. They fail as `unavailable`, `not-run`. */
  refuse(id?: string): void
  /** Calls arrive and are run, their answers are lost: as when a cable is cut. They fail as `unavailable`, `unknown`; streams with their next item. */
  cut(id?: string): void
  /** Calls leave after `ms` only. */
  delay(ms: number, id?: string): void
  /** Ends every fault of this line, that of all lines apart; without a name, every fault there is. */
  mend(id?: string): void
}

export function faultyTransport({
  clock = systemClock,
  transport = memoryTransport({ clock }),
}: FaultyTransportOptions = {}): FaultyTransport {
  const faults = new Map<string, Faults>()
  const set = (id: string, fault: Faults): void => void faults.set(id, { ...faults.get(id), ...fault })
  const faultsOf = (id: string): Faults => ({ ...faults.get(ALL), ...faults.get(id) })
  const connect: Connect = (record) => faulty(transport.connect(record), record.id, () => faultsOf(record.id), clock)
  return {
    connect,
    listen: transport.listen,
    refuse: (id = ALL) => set(id, { refused: true }),
    cut: (id = ALL) => set(id, { cut: true }),
    delay: (ms, id = ALL) => set(id, { delayMs: ms }),
    mend: (id) => (id === undefined ? faults.clear() : void faults.delete(id)),
  }
}

/** No provider's id. */
const ALL = ''

interface Faults {
  readonly refused?: boolean
  readonly cut?: boolean
  readonly delayMs?: number
}

const faulty = (endpoint: Endpoint, id: string, faults: () => Faults, clock: Clock): Endpoint => {
  /** Until it leaves. */
  const departure = async (invocation: Invocation): Promise<void> => {
    const { refused, delayMs = 0 } = faults()
    if (refused) throw new RpcError('unavailable', `${id} refuses calls: mend() it`, { outcome: 'not-run' })
    // A call does not outlive its deadline, however late its line is.
    if (delayMs > 0) await sleep(clock, Math.min(delayMs, remainingMs(invocation, clock)), invocation.signal)
  }
  const lost = (): RpcError => new RpcError('unavailable', `the answer of ${id} was lost: mend() the line`)
  const { stream } = endpoint
  return {
    async invoke(invocation) {
      const { cut } = faults()
      await departure(invocation)
      if (!cut) return await endpoint.invoke(invocation)
      await endpoint.invoke(invocation).catch(() => {})
      throw lost()
    },
    ...(stream !== undefined && {
      async *stream(call: StreamInvocation) {
        await departure(call)
        for await (const item of stream(call)) {
          if (faults().cut) throw lost()
          yield item
        }
      },
    }),
    get status() {
      return faults().refused ? 'closed' : endpoint.status
    },
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  }
}
