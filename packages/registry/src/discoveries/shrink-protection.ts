import { type Clock, type Rng, systemClock, systemRng } from '@kumquat/core'
import type { DiscoveryDecorator } from '../discovery.ts'
import { FurtherAnswers } from './further-answers.ts'
import { HeldBack } from './held-back.ts'
import { inquire } from './inquiry.ts'
import type { Prober } from './probe.ts'

export interface ShrinkProtectionOptions {
  /** Looks at who vanished. Default none: then two further full answers of the registry decide. */
  readonly prober?: Prober
  /** Of one look. Two in a row without an answer are the end. In ms, default 500. */
  readonly probeTimeoutMs?: number
  /** From one look to the next. In ms ± 20 %, default 1 000. */
  readonly probeMs?: number
  /** From one further answer of the registry to the next, without a prober. In ms ± 20 %, default 10 000. */
  readonly confirmMs?: number
  /** How long one that answers but is not listed may stay, when others are listed. In ms, default 900 000: 15 min. */
  readonly maxSuspectMs?: number
  readonly clock?: Clock
  readonly rng?: Rng
}

/**
 * Does not believe a registry that forgets everybody, or more than half of three or more, at once: those who said no
 * goodbye stay as suspects, used only when nobody better is left, until a look at each decides. One that answers
 * is used like anyone, one that refuses connections or stays silent is gone. A shutdown of all that say goodbye is believed.
 */
export function shrinkProtection({
  prober,
  probeTimeoutMs = 500,
  probeMs = 1_000,
  confirmMs = 10_000,
  maxSuspectMs = 900_000,
  clock = systemClock,
  rng = systemRng,
}: ShrinkProtectionOptions = {}): DiscoveryDecorator {
  const looks = prober && { prober, timeoutMs: probeTimeoutMs, retryMs: probeMs, everyMs: probeMs }
  return (next) => ({
    async watch(service) {
      const answers = new FurtherAnswers(() => next.watch(service), { clock, rng, everyMs: confirmMs })
      return new HeldBack(await next.watch(service), {
        suspected: (vanished, before) => (isMassive(vanished.length, before.length) ? vanished : []),
        standing: 'last resort',
        inquire: (record, told) => (looks ? inquire(record, looks, told) : answers.about(record.id, told)),
        maxSuspectMs,
        clock,
      })
    },
  })
}

const isMassive = (vanished: number, before: number): boolean =>
  vanished === before || (before >= 3 && vanished > before / 2)
