import { type Clock, type Live, systemClock } from '@kumquat/core'
import type { Verdict } from '../health/health.ts'
import type { Peers } from '../peer.ts'
import { assertWithin } from '../range.ts'
import { type CurveOptions, curve } from './curve.ts'
import { RampedPeers } from './ramped-peers.ts'

export interface SlowStartOptions extends CurveOptions {
  /** Of the health that watches these peers. */
  readonly verdicts: Live<readonly Verdict[]>
  /** Time to full weight, 100 to 3 600 000. Default 10 000. */
  readonly durationMs?: number
  readonly clock?: Clock
}

/**
 * Lets the weight of a peer grow from the floor when the last thing that was held against it is dropped: one that has just
 * recovered is not given all its calls at once. Envoy's slow start.
 *
 * @throws RangeError on an option out of range.
 */
export function slowStart(
  peers: Live<Peers>,
  { verdicts, durationMs = 10_000, clock = systemClock, ...options }: SlowStartOptions,
): Live<Peers> & Disposable {
  assertWithin('durationMs', durationMs, 100, 3_600_000)
  const recovered = new Map<string, number>()
  let accused = idsOf(verdicts.current)
  const ramped = new RampedPeers({
    peers,
    rampOf: ({ record }) => {
      const since = recovered.get(record.id)
      return since === undefined ? undefined : { since, durationMs }
    },
    curve: curve(options),
    clock,
  })
  const listening = verdicts.subscribe((all) => {
    const now = clock.now()
    const before = accused
    accused = idsOf(all)
    for (const [id, since] of recovered) if (accused.has(id) || now - since >= durationMs) recovered.delete(id)
    for (const id of before) if (!accused.has(id)) recovered.set(id, now)
    ramped.refresh()
  })
  return {
    get current() {
      return ramped.current
    },
    subscribe: (listener) => ramped.subscribe(listener),
    [Symbol.dispose]() {
      listening[Symbol.dispose]()
      ramped[Symbol.dispose]()
    },
  }
}

const idsOf = (verdicts: readonly Verdict[]): ReadonlySet<string> => new Set(verdicts.map(({ id }) => id))
