import {
  Cell,
  type Clock,
  type Connect,
  type Endpoint,
  formatServiceKey,
  type Invocation,
  systemClock,
} from '@kumquat/core'
import type { HealthPolicy, Verdict } from '../health/health.ts'
import { assertInteger } from '../range.ts'
import { Gate } from './gate.ts'

export interface BoundReached {
  /** `record.id` of the peer. */
  readonly id: string
  readonly method: string
  readonly full: boolean
}

export interface ConcurrencyLimitOptions {
  /** Calls of one method under way at one peer at a time, 1 to 1 000 000. Default 256. */
  readonly max?: number
  /** Other numbers for some methods, by name. */
  readonly methods?: Readonly<Record<string, number>>
  /** Calls of one method that may wait for a peer at a time, 0 to 1 000 000. Default 64. */
  readonly queue?: number
  /** Told when a method of a peer reaches its bound, and when it is below again. Must not throw. */
  readonly onChange?: (change: BoundReached) => void
  readonly clock?: Clock
}

/**
 * Bounds the calls of each method under way at each peer. Those beyond wait their turn, first come first served, for as
 * long as their deadline allows; where too many wait already a call is refused with `resource_exhausted`, `not-run`. While
 * any method of a peer is at its bound the peer is `busy`, so that others are preferred. It holds nothing against anybody. Put
 * it first in a chain: then those after it see only calls that are sent.
 *
 * Nygard, "Release It!", 2007, bulkheads; Dubbo's `actives` (ActiveLimitFilter), which wakes any waiter instead of the first.
 *
 * @throws RangeError on an option out of range.
 */
export function concurrencyLimit({
  max = 256,
  methods = {},
  queue = 64,
  onChange = ignore,
  clock = systemClock,
}: ConcurrencyLimitOptions = {}): HealthPolicy {
  assertInteger('max', max, 1, 1_000_000)
  for (const [method, own] of Object.entries(methods)) assertInteger(`methods.${method}`, own, 1, 1_000_000)
  assertInteger('queue', queue, 0, 1_000_000)
  const bounds = new Map(Object.entries(methods))
  const gateFor = (method: string): Gate => new Gate({ max: bounds.get(method) ?? max, queue, clock })
  return () => ({
    verdicts: new Cell<readonly Verdict[]>([]),
    connect: (next) => (record) => limited(next(record), record.id, { gateFor, onChange }),
    [Symbol.dispose]: () => {},
  })
}

interface Limits {
  readonly gateFor: (method: string) => Gate
  readonly onChange: (change: BoundReached) => void
}

const ignore = (): void => {}

function limited(endpoint: Endpoint, id: string, { gateFor, onChange }: Limits): ReturnType<Connect> {
  const gates = new Map<string, Gate>()
  let full = 0
  const gateOf = (method: string): Gate => {
    const known = gates.get(method)
    if (known !== undefined) return known
    const made = gateFor(method)
    gates.set(method, made)
    return made
  }
  const nowFull = (method: string, isFull: boolean): void => {
    full += isFull ? 1 : -1
    onChange({ id, method, full: isFull })
  }
  const where = ({ service, method }: Invocation): string => `${formatServiceKey(service)}/${method} at ${id}`
  return {
    async invoke(invocation) {
      const gate = gateOf(invocation.method)
      if (gate.isFull) await gate.turn(invocation, where)
      else if (gate.enter()) nowFull(invocation.method, true)
      try {
        return await endpoint.invoke(invocation)
      } finally {
        if (gate.leave()) nowFull(invocation.method, false)
        if (gate.isIdle && gates.size > MAX_IDLE_METHODS) gates.delete(invocation.method)
      }
    },
    get status() {
      const { status } = endpoint
      return full > 0 && status === 'open' ? 'busy' : status
    },
    [Symbol.asyncDispose]() {
      for (const gate of gates.values()) gate.close(where)
      return endpoint[Symbol.asyncDispose]()
    },
  }
}

/** Names of methods may come from outside. */
const MAX_IDLE_METHODS = 256
