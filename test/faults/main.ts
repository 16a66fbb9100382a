// npm run registry:faults: real registries, real processes, bad days; a table of what became of them.
import { FAULTS } from './faults/index.ts'
import type { Ground } from './grounds/ground.ts'
import { GROUNDS } from './grounds/index.ts'
import { readOptions } from './options.ts'
import { type RandomRow, randomFaults } from './random/random-faults.ts'
import type { Row } from './row.ts'
import { Scene } from './scene.ts'
import { heading, randomText, rowText } from './table.ts'
import { tryFault } from './try-fault.ts'

const options = readOptions(process.argv.slice(2))
const rows: Row[] = []
const random: RandomRow[] = []
const say = (sentence: string): void => console.error(sentence)

say(heading())
for (const backend of options.backends) {
  await using ground = await GROUNDS[backend]()
  await tryAll(ground)
  if (options.random === 0) continue
  const row = await randomFaults(ground, options.random, options.seed)
  random.push(row)
  say(randomText(row))
}
const all = [...rows, ...random]
const kept = all.length > 0 && all.every((row) => row.kept)
console.log(JSON.stringify({ kept, rows, random }))
process.exitCode = kept ? 0 : 1

/** One fault after another in one scene; what went wrong in one row is not to be blamed on the next. */
async function tryAll(ground: Ground): Promise<void> {
  let scene: Scene | undefined
  try {
    for (const fault of FAULTS.filter(({ name, fits }) => options.faults.includes(name) && fits(ground))) {
      scene ??= await Scene.open(ground)
      const row = await tryFault(scene, fault)
      rows.push(row)
      say(rowText(row))
      if (row.kept) continue
      await scene[Symbol.asyncDispose]()
      scene = undefined
    }
  } finally {
    await scene?.[Symbol.asyncDispose]()
  }
}
