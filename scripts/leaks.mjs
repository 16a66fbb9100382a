// npm run leaks: a million calls, and what is left of them; a line each on stderr, one line of JSON on stdout at the end.
import { inRoot, sourceFlags } from './parts/checkout.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'

await ready()
process.exitCode = await run(process.execPath, [
  ...sourceFlags(),
  inRoot('test/leaks/main.ts'),
  ...process.argv.slice(2),
])
