import { type Clock, systemClock } from '@kumquat/core'
import type { DiscoveryDecorator } from '../discovery.ts'
import { HeldBack } from './held-back.ts'
import { inquire, type Told } from './inquiry.ts'
import type { Prober } from './probe.ts'

export interface StabiliserOptions {
  /** Looks at who vanished. Default none: then the grace decides alone. */
  readonly prober?: Prober
  /** How long one that vanished goes on being used when nobody looks at it. In ms, 0 to 3 600 000, default 1 000. */
  readonly graceMs?: number
  /** Of one look. Two in a row without an answer are the end. In ms, default 240: half a second in all. */
  readonly probeTimeoutMs?: number
  /** From a look that was answered to the next. In ms ± 20 %, default 1 000. */
  readonly probeMs?: number
  /** How long one that answers but is not listed may stay, when others are listed. In ms, default 900 000: 15 min. */
  readonly maxSuspectMs?: number
  readonly clock?: Clock
}

/**
 * Who comes is there at once. Who vanishes without a goodbye is a suspect: used like anyone, looked at directly and at once,
 * and out as soon as it refuses connections or does not answer. So neither a flapping entry nor a registry that forgets
 * one takes a living provider out. Who said goodbye is out at once.
 */
export function stabiliser({
  prober,
  graceMs = 1_000,
  probeTimeoutMs = 240,
  probeMs = 1_000,
  maxSuspectMs = 900_000,
  clock = systemClock,
}: StabiliserOptions = {}): DiscoveryDecorator {
  if (!(graceMs >= 0 && graceMs <= 3_600_000)) throw new RangeError(`graceMs ${graceMs} is not from 0 to 3600000`)
  const grace = (told: Told): Disposable => clock.after(graceMs, () => told('gone'))
  const looks = prober && { prober, timeoutMs: probeTimeoutMs, retryMs: 10, everyMs: probeMs }
  return (next) => ({
    watch: async (service) =>
      new HeldBack(await next.watch(service), {
        suspected: (vanished) => vanished,
        standing: 'in use',
        inquire: (record, told) => (looks ? inquire(record, looks, told) : grace(told)),
        maxSuspectMs,
        clock,
      }),
  })
}
