// npm test: everything. `npm test -- <files or mocha options>` runs a part of it, `--watch` again on every change.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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
// Consumers keep snapshots in the user's cache: not those of tests.
const cache = await mkdtemp(join(tmpdir(), 'kumquat-cache-'))
process.env.XDG_CACHE_HOME = cache
// mocha's own --watch would run modules that Node has cached.
process.exitCode = watching
  ? await run(bin('tsx'), ['watch', '--clear-screen=false', ...mochaCommand(args.filter((arg) => arg !== '--watch'))])
  : await run(process.execPath, mochaCommand(args))
await rm(cache, { recursive: true, force: true })
