// npm run demo:kill: the demo on a real ZooKeeper, with a provider killed at second 10 and started again at second 20.
import { inRoot, sourceFlags } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'
import { servers } from './servers.mjs'

await servers()
await ready()
process.exitCode = await run(process.execPath, [...sourceFlags(), inRoot('test/demo/kill-demo.ts')])
