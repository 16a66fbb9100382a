import { type Rng, seededRng } from '@kumquat/core'
import type { Actor } from '../actor.ts'
import type { BackendName, Ground } from '../grounds/ground.ts'
import { HEAL_MS } from '../promises.ts'
import { lasting, Scene } from '../scene.ts'
import { leaksOf, mebibytes } from './leaks.ts'
import { between, oneOf, SHOCKS } from './shocks.ts'

/** What became of many random faults in a row. */
export interface RandomRow {
  readonly backend: BackendName
  readonly faults: number
  readonly seed: number
  /** From the last fault until registry, consumer and sessions are true again, in ms; `null` = never. */
  readonly healMs: number | null
  /** Living providers that the consumer missed at some moment, those left out that were killed or replaced. */
  readonly lost: number
  readonly made: number
  readonly failed: number
  readonly forWant: number
  /** Of the consumer, in MiB, before and after. */
  readonly rssMiB: readonly [before: number, after: number]
  readonly broken: readonly string[]
  readonly kept: boolean
}

/** As many before the first measurement, so that every path has been gone once. */
const WARM_UP = 12
/** Longer than the 30 s that a consumer keeps a connection to a provider without using it. */
const IDLE_MS = 33_000

/** Lets `count` short faults befall one after another, and compares what is left with what was there. */
export async function randomFaults(ground: Ground, count: number, seed: number): Promise<RandomRow> {
  await using scene = await Scene.open(ground)
  const rng = seededRng(seed)
  await shake(scene, WARM_UP, rng)
  const survivors = [
    ['the consumer', scene.consumer],
    ['a provider', scene.providers[1] ?? scene.victim],
  ] as const
  const before = await idle(scene, survivors)
  scene.mustHave(scene.providers.slice(1))
  const befallen = await shake(scene, count, rng)
  const healed = await scene.true()
  const { lost } = scene
  const after = await idle(scene, survivors)
  const leaks = await Promise.all(survivors.map(([name, actor], i) => leaksOf(name, actor, before[i] ?? never())))
  const [was, is] = [before[0] ?? never(), leaks[0]?.after ?? after[0] ?? never()]
  const made = is.calls.made - was.calls.made
  const forWant = is.calls.forWant - was.calls.forWant
  const broken = [
    ...(healed <= HEAL_MS
      ? []
      : [`not true again after ${HEAL_MS} ms; the last were ${befallen.slice(-3).join(', ')}`]),
    ...(lost > 0 ? [`${lost} living providers were missed`] : []),
    ...(forWant > 0 ? [`${forWant} calls failed for want of providers`] : []),
    ...(made === 0 ? ['no call was made'] : []),
    ...leaks.flatMap((one) => one.leaks),
  ]
  return {
    ...{ backend: ground.name, faults: count, seed, lost, made, forWant, broken },
    healMs: Number.isFinite(healed) ? Math.round(healed) : null,
    failed: is.calls.failed - was.calls.failed,
    rssMiB: [mebibytes(was), mebibytes(is)],
    kept: broken.length === 0,
  }
}

/** Names what befell, in order. */
async function shake(scene: Scene, count: number, rng: Rng): Promise<readonly string[]> {
  const possible = SHOCKS.filter(({ fits }) => fits(scene))
  const befallen: string[] = []
  scene.consumer.order({ calling: true })
  for (let i = 0; i < count; i += 1) {
    const shock = oneOf(possible, rng)
    befallen.push(shock.name)
    await shock.befall(scene, rng)
    await lasting(between(0, 300, rng))
  }
  return befallen
}

/** What the actors have when nobody calls, once all is well. */
async function idle(scene: Scene, actors: readonly (readonly [string, Actor])[]) {
  await scene.true()
  scene.consumer.order({ calling: false })
  await lasting(IDLE_MS)
  return Promise.all(actors.map(([, actor]) => actor.measure()))
}

function never(): never {
  throw new Error('nothing was measured')
}
