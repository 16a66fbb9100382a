import { Cell } from '@kumquat/core'
import type { HealthPolicy, Verdict } from './health.ts'

/** Several policies as one. The first is the outermost: it sees a call first, and its end last. */
export function healthChain(...policies: readonly HealthPolicy[]): HealthPolicy {
  return () => {
    const chained = policies.map((policy) => policy())
    const all = (): readonly Verdict[] => chained.flatMap(({ verdicts }) => verdicts.current)
    const verdicts = new Cell(all())
    const following = chained.map((health) => health.verdicts.subscribe(() => verdicts.set(all())))
    return {
      connect: (next) => chained.reduceRight((connect, health) => health.connect(connect), next),
      verdicts,
      [Symbol.dispose]() {
        for (const health of chained) health[Symbol.dispose]()
        for (const subscription of following) subscription[Symbol.dispose]()
      },
    }
  }
}
