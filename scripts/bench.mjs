// npm run bench -- <suite>: a measurement, bench/<suite>.ts, from source. Its parts are in bench/<suite>/.
import { existsSync, readdirSync } from 'node:fs'
import { fail, inRoot, sourceFlags } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'

const [suite, ...args] = process.argv.slice(2)
const suites = readdirSync(inRoot('bench'), { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() && existsSync(inRoot('bench', `${entry.name}.ts`)) ? [entry.name] : [],
)

if (!suites.includes(suite)) {
  const asked = suite === undefined ? 'Name a suite' : `There is no suite ${JSON.stringify(suite)}`
  fail(`${asked}: npm run bench -- <${suites.join(' | ')}> [--json]`)
}
await ready()
process.exitCode = await run(process.execPath, [...sourceFlags(), inRoot('bench', `${suite}.ts`), ...args])
