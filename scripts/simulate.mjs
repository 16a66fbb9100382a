// npm run simulate: clusters in virtual time; a table on stderr, one line of JSON on stdout at the end.
import { inRoot, sourceFlags } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'

await ready()
// A million calls live for a moment each: room for them to die young.
const flags = ['--max-semi-space-size=64', ...sourceFlags()]
process.exitCode = await run(process.execPath, [...flags, inRoot('test/simulate/main.ts'), ...process.argv.slice(2)])
