import type { ProviderRecord } from '@kumquat/core'
import type { Prober } from './probe.ts'

export interface InquiryOptions {
  readonly prober: Prober
  /** Of one look, in ms. */
  readonly timeoutMs: number
  /** From a look that nobody answered to the next, in ms ± 20 %. */
  readonly retryMs: number
  /** From a look that was answered to the next, in ms ± 20 %. */
  readonly everyMs: number
}

/** Told after every look that says something. `gone` is the last word. */
export type Told = (finding: 'alive' | 'gone') => void

/** Looks after a suspect, at once and again and again: gone is who refuses connections, or is silent twice in a row. */
export function inquire(record: ProviderRecord, options: InquiryOptions, told: Told): Disposable {
  const { prober, timeoutMs, retryMs, everyMs } = options
  const { clock, rng } = prober
  let ended = false
  let silences = 0
  let timer: Disposable | undefined

  const look = async (): Promise<void> => {
    const finding = await prober.look(record, timeoutMs)
    if (ended) return
    if (finding !== undefined) silences = finding === 'silent' ? silences + 1 : 0
    if (finding === 'gone' || silences >= ENOUGH) return told('gone')
    if (finding === 'alive') told('alive')
    if (ended) return
    const pauseMs = finding === 'alive' ? everyMs : retryMs
    timer = clock.after(pauseMs * (1 - SPREAD + 2 * SPREAD * rng()), lookInTurn)
  }
  const lookInTurn = (): void => {
    const ms = prober.turn()
    if (ms === 0) void look()
    else timer = clock.after(ms, () => void look())
  }

  lookInTurn()
  return {
    [Symbol.dispose]() {
      ended = true
      timer?.[Symbol.dispose]()
    },
  }
}

const ENOUGH = 2
const SPREAD = 0.2
