// npm run restarts: providers restarted under load; figures on stderr, one line of JSON on stdout at the end.
import { inRoot, sourceFlags } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'
import { servers } from './servers.mjs'

await servers()
await ready()
const args = process.argv.slice(2)
process.exitCode = await run(process.execPath, [...sourceFlags(), inRoot('test/restarts/main.ts'), ...args])
