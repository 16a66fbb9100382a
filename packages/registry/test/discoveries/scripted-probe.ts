import type { Rng } from '@kumquat/core'
import type { HandClock } from '@kumquat/core/testing'
import { type Finding, Prober } from '@kumquat/registry'

/** Hosts that answer, refuse or are silent as a test says; who is not named is alive. */
export interface ScriptedProbe {
  readonly prober: Prober
  readonly findings: Map<string, Finding>
  /** Every look: which host, and when. */
  readonly looks: readonly { readonly host: string; readonly at: number }[]
}

const middle: Rng = () => 0.5

export function scriptedProbe(clock: HandClock, perSecond = 200): ScriptedProbe {
  const findings = new Map<string, Finding>()
  const looks: { host: string; at: number }[] = []
  const prober = new Prober({
    probe: async ({ host }) => {
      looks.push({ host, at: clock.now() })
      const finding = findings.get(host) ?? 'alive'
      return finding === 'silent' ? new Promise(() => {}) : finding
    },
    perSecond,
    clock,
    rng: middle,
  })
  return { prober, findings, looks }
}
