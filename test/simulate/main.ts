// npm run simulate: clusters of real parts on days good and bad, in virtual time; a table of what became of them.
import { readOptions } from './options.ts'
import { type Row, rowOf } from './row.ts'
import { heading, rowText } from './table.ts'

// Millions of simulated calls fail, and nobody asks where: finding that out would take most of the time.
Error.stackTraceLimit = 0
const { scenarios, seed } = readOptions(process.argv.slice(2))
const rows: Row[] = []
console.error(heading())
for (const scenario of scenarios) {
  for (const figure of await scenario.run(seed)) {
    const row = rowOf(scenario, figure)
    rows.push(row)
    console.error(rowText(row))
  }
}
const kept = rows.every((row) => row.kept)
console.log(JSON.stringify({ kept, seed, rows }))
process.exitCode = kept ? 0 : 1
