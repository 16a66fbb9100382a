// npm run registry:faults: real registries, real processes, bad days; a table of what became of them.
import { FAULTS } from './faults/index.ts'
import type { Ground, Trial } from './grounds/ground.ts'
import { GROUNDS } from './grounds/index.ts'
import { readOptions } from './options.ts'
import { type RandomRow, randomFaults } from './random/random-faults.ts'
import type { Row } from './row.ts'
import { type ScaleRow, scale } from './scale/scale.ts'
import { Scene } from './scene.ts'
import { type StartRow, startWithoutRegistry } from './start/start-without-registry.ts'
import { type AbortedTrial, abortedText, heading, randomText, rowText, scaleText, startText } from './table.ts'
import { tryFault } from './try-fault.ts'

const options = readOptions(process.argv.slice(2))
const done = {
  rows: [] as Row[],
  random: [] as RandomRow[],
  start: [] as StartRow[],
  scale: [] as ScaleRow[],
  aborted: [] as AbortedTrial[],
}
const trials: Readonly<Record<Trial, (ground: Ground) => Promise<void>>> = {
  faults: tryFaults,
  random: async (ground) => told(done.random, await randomFaults(ground, options.random, options.seed), randomText),
  start: async (ground) => told(done.start, await startWithoutRegistry(ground), startText),
  scale: async (ground) => told(done.scale, await scale(ground), scaleText),
}

console.error(heading())
for (const backend of options.backends) {
  await using ground = await GROUNDS[backend]()
  for (const trial of ground.trials.filter((one) => options.trials.includes(one))) {
    await trials[trial](ground).catch((error: unknown) => {
      told(done.aborted, { backend, trial, broken: [String(error)], kept: false }, abortedText)
    })
  }
}
const all = Object.values(done).flat()
const kept = all.length > 0 && all.every((row) => row.kept)
console.log(JSON.stringify({ kept, ...done }))
process.exitCode = kept ? 0 : 1

/** One fault after another in one scene; what went wrong in one row is not to be blamed on the next. */
async function tryFaults(ground: Ground): Promise<void> {
  let scene: Scene | undefined
  try {
    for (const fault of FAULTS.filter(({ name, fits }) => options.faults.includes(name) && fits(ground))) {
      scene ??= await Scene.open(ground)
      const row = await tryFault(scene, fault)
      told(done.rows, row, rowText)
      if (row.kept) continue
      await scene[Symbol.asyncDispose]()
      scene = undefined
    }
  } finally {
    await scene?.[Symbol.asyncDispose]()
  }
}

function told<R>(rows: R[], row: R, text: (row: R) => string): void {
  rows.push(row)
  console.error(text(row))
}
