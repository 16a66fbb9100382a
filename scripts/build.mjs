// npm run build: every package's dist, and the dashboard's page.
import { bin } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'

await ready()
process.exitCode = await run(bin('tsc'), ['--build', ...process.argv.slice(2)])
