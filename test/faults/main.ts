// npm run registry:faults: real registries, real processes, bad days; a table of what became of them.
import { FAULTS } from './faults/index.ts'
import { GROUNDS } from './grounds/index.ts'
import { readOptions } from './options.ts'
import type { Row } from './row.ts'
import { Scene } from './scene.ts'
import { heading, rowText } from './table.ts'
import { tryFault } from './try-fault.ts'

const options = readOptions(process.argv.slice(2))
const rows: Row[] = []
const say = (sentence: string): void => console.error(sentence)

say(heading())
for (const backend of options.backends) {
  await using ground = await GROUNDS[backend]()
  const faults = FAULTS.filter(({ name, fits }) => options.faults.includes(name) && fits(ground))
  let scene = await Scene.open(ground)
  try {
    for (const fault of faults) {
      const row = await tryFault(scene, fault)
      rows.push(row)
      say(rowText(row))
      if (row.kept) continue
      // What went wrong in one row is not to be blamed on the next.
      await scene[Symbol.asyncDispose]()
      scene = await Scene.open(ground)
    }
  } finally {
    await scene[Symbol.asyncDispose]()
  }
}
const kept = rows.length > 0 && rows.every((row) => row.kept)
console.log(JSON.stringify({ kept, rows }))
process.exitCode = kept ? 0 : 1
