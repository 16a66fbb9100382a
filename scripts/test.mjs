// npm test: everything. `npm test -- <files or mocha options>` runs a part of it, `--watch` again on every change.
import { bin } from './parts/checkout.mjs'
import { mochaCommand } from './parts/mocha.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'
import { servers } from './servers.mjs'

const args = process.argv.slice(2)
const watching = args.includes('--watch')

// Compilers before the addon that needs them.
await servers()
await ready()
// mocha's own --watch would run modules that Node has cached.
process.exitCode = watching
  ? await run(bin('tsx'), ['watch', '--clear-screen=false', ...mochaCommand(args.filter((arg) => arg !== '--watch'))])
  : await run(process.execPath, mochaCommand(args))
