// npm run cover: the tests, and which lines of the packages they ran. The pages are left in coverage/.
import { bin, inRoot } from './parts/checkout.mjs'
import { mochaCommand } from './parts/mocha.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'
import { servers } from './servers.mjs'

await servers()
await ready()
const settings = [
  '--src',
  inRoot('packages'),
  '--include',
  'packages/*/src/**',
  '--reporter',
  'text',
  '--reporter',
  'html',
]
process.exitCode = await run(bin('c8'), [...settings, process.execPath, ...mochaCommand(process.argv.slice(2))])
