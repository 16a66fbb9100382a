import type { Rng } from '@kumquat/core'
import type { Actor } from '../actor.ts'
import type { Line } from '../line.ts'
import { lasting, type Scene } from '../scene.ts'

/** A short fault, brought about and taken away again. */
export interface Shock {
  readonly name: string
  fits(scene: Scene): boolean
  befall(scene: Scene, rng: Rng): Promise<void>
}

const always = (): boolean => true
const behindLines = ({ line }: Scene): boolean => line !== undefined

/** What may befall at random. All of it is shorter than a session lasts: what lives must stay in use throughout. */
export const SHOCKS: readonly Shock[] = [
  { name: 'cut', fits: behindLines, befall: hurtLines((line) => line.cut(), 500) },
  { name: 'half-open', fits: behindLines, befall: hurtLines((line) => line.halfOpen(), 1_000) },
  { name: 'slow', fits: behindLines, befall: hurtLines((line) => line.slow(100), 500) },
  {
    name: 'provider-killed',
    fits: always,
    async befall(scene) {
      await scene.victim.kill()
      await scene.replaceVictim()
    },
  },
  {
    name: 'provider-replaced',
    fits: always,
    async befall(scene) {
      await scene.victim.leave()
      await scene.replaceVictim()
    },
  },
  {
    name: 'provider-stopped',
    fits: always,
    befall: (scene, rng) => stopped(oneOf(scene.providers, rng), between(50, 700, rng)),
  },
  { name: 'consumer-stopped', fits: always, befall: (scene, rng) => stopped(scene.consumer, between(50, 700, rng)) },
  {
    name: 'loop-blocked',
    fits: always,
    async befall(scene, rng) {
      const ms = between(50, 700, rng)
      oneOf([scene.consumer, ...scene.providers], rng).order({ block: ms })
      await lasting(ms)
    },
  },
  {
    name: 'server-restarted',
    fits: ({ ground }) => ground.server !== undefined,
    async befall({ ground: { server } }, rng) {
      await server?.kill()
      await lasting(between(0, 500, rng))
      await server?.restart({ wipe: rng() < 0.3 })
    },
  },
  {
    name: 'writes-refused',
    fits: ({ ground }) => ground.refuseWrites !== undefined,
    async befall({ ground }, rng) {
      const refusal = await ground.refuseWrites?.()
      await lasting(between(50, 700, rng))
      await refusal?.[Symbol.asyncDispose]()
    },
  },
]

export const between = (least: number, most: number, rng: Rng): number => least + Math.floor(rng() * (most - least))

export function oneOf<T>(many: readonly T[], rng: Rng): T {
  const one = many[Math.floor(rng() * many.length)]
  if (one === undefined) throw new Error('nothing to choose from')
  return one
}

/** Of one line or of both. */
function hurtLines(hurt: (line: Line) => void, mostMs: number): Shock['befall'] {
  return async ({ line, victimLine }, rng) => {
    const lines = [line, victimLine].filter((one) => one !== undefined)
    const some = rng() < 0.5 ? lines : [oneOf(lines, rng)]
    for (const one of some) hurt(one)
    await lasting(between(20, mostMs, rng))
    for (const one of some) one.heal()
  }
}

async function stopped(actor: Actor, ms: number): Promise<void> {
  actor.signalAll('SIGSTOP')
  await lasting(ms)
  actor.signalAll('SIGCONT')
}
