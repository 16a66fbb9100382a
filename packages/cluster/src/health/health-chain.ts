import { Cell, type Connect } from '@kumquat/core'
import type { Health, HealthPolicy, Verdict } from './health.ts'
import { watchedConnect } from './watched.ts'

/** Several policies as one. The first is the outermost: it sees a call first, and its end last. */
export function healthChain(...policies: readonly HealthPolicy[]): HealthPolicy {
  return () => {
    const chained = policies.map((policy) => policy())
    const all = (): readonly Verdict[] => chained.flatMap(({ verdicts }) => verdicts.current)
    const verdicts = new Cell(all())
    const following = chained.map((health) => health.verdicts.subscribe(() => verdicts.set(all())))
    const layers = inLayers(chained)
    return {
      connect: (next) => layers.reduceRight((connect, layer) => around(connect, layer), next),
      verdicts,
      [Symbol.dispose]() {
        for (const health of chained) health[Symbol.dispose]()
        for (const subscription of following) subscription[Symbol.dispose]()
      },
    }
  }
}

/** Neighbours that only watch, by one clock, share a layer: each layer costs a promise with every call. */
function inLayers(chained: readonly Health[]): readonly (readonly Health[])[] {
  const layers: Health[][] = []
  for (const health of chained) {
    const last = layers.at(-1)
    const clock = last?.[0]?.watching?.clock
    if (clock !== undefined && clock === health.watching?.clock) last?.push(health)
    else layers.push([health])
  }
  return layers
}

function around(next: Connect, layer: readonly Health[]): Connect {
  const watchings = layer.flatMap(({ watching }) => watching ?? [])
  return layer.length === 1 ? layer[0]!.connect(next) : watchedConnect(next, watchings)
}
