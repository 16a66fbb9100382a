import type { Line } from '../line.ts'
import { lasting, type Scene } from '../scene.ts'
import { type Fault, PATIENCE_MS } from './fault.ts'

/** Every line to the registry is reset and refused for longer than sessions last. */
export const cut: Fault = lineFault('cut', everybody, (line) => line.cut())

/** The same of one provider alone: the others see it vanish, though it serves. */
export const holderCut: Fault = lineFault(
  'holder-cut',
  ({ victimLine }) => [victimLine],
  (line) => line.cut(),
)

/** Every line to the registry swallows what is sent and closes nothing, for longer than sessions last. */
export const halfOpen: Fault = lineFault('half-open', everybody, (line) => line.halfOpen())

/** Every answer of the registry, and every question, comes 300 ms late. */
export const slowAnswers: Fault = lineFault('slow-answers', everybody, (line) => line.slow(300))

function everybody({ line, victimLine }: Scene): readonly (Line | undefined)[] {
  return [line, victimLine]
}

function lineFault(
  name: string,
  of: (scene: Scene) => readonly (Line | undefined)[],
  hurt: (line: Line) => void,
): Fault {
  return {
    name,
    silencesVictim: false,
    fits: ({ server }) => server !== undefined,
    async befall(scene) {
      const lines = of(scene).filter((line) => line !== undefined)
      for (const line of lines) hurt(line)
      await lasting(scene.ground.ttlMs + 2_000)
      for (const line of lines) line.heal()
      return { healMs: await scene.true(PATIENCE_MS) }
    },
  }
}
