import type { Verdict } from '@kumquat/cluster'
import type { Live } from '@kumquat/core'

/** Tells of each verdict when it is first held, and of its end: not of every step between. Dispose to stop. */
export function toldVerdicts(
  verdicts: Live<readonly Verdict[]>,
  tell: (verdict: Verdict, isHeld: boolean) => void,
): Disposable {
  let before = byName(verdicts.current)
  return verdicts.subscribe((current) => {
    const known = before
    const now = byName(current)
    before = now
    for (const [name, verdict] of now) if (!known.has(name)) tell(verdict, true)
    for (const [name, verdict] of known) if (!now.has(name)) tell(verdict, false)
  })
}

const byName = (verdicts: readonly Verdict[]): ReadonlyMap<string, Verdict> =>
  new Map(verdicts.map((verdict) => [`${verdict.policy} ${verdict.id}`, verdict]))
