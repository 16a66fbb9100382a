// npm run registry:faults: every registry through its bad days; a table on stderr, one line of JSON on stdout at the end.
import { bin, fail, inRoot, sourceFlags } from './parts/checkout.mjs'
import { run, runAside } from './parts/run.mjs'
import { ready } from './ready.mjs'
import { servers } from './servers.mjs'

await servers()
await ready()
// What a consumer weighs is asked of the packages as users have them.
if ((await runAside(bin('tsc'), ['--build'])) !== 0) fail('The packages could not be built.')
const args = process.argv.slice(2)
process.exitCode = await run(process.execPath, [...sourceFlags(), inRoot('test/faults/main.ts'), ...args])
