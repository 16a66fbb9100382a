// npm start: the demo. `npm start -- --help` lists its options.
import { inRoot, sourceFlags } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'

await ready()
const demo = inRoot('examples/demo/main.ts')
process.exitCode = await run(process.execPath, [...sourceFlags(), demo, ...process.argv.slice(2)], {
  cwd: process.cwd(),
})
