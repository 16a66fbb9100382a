// npm run check: what a machine can say about the code without running it. Stops at the first step that fails.
import { existsSync, readdirSync } from 'node:fs'
import { bin, fail, inRoot, say } from './parts/checkout.mjs'
import { brokenLinks } from './parts/links.mjs'
import { runQuietly } from './parts/run.mjs'
import { ready } from './ready.mjs'

const packages = readdirSync(inRoot('packages')).map((name) => `packages/${name}`)
const tool = (name, ...args) => runQuietly(bin(name), args)

/** Each resolves with `{ status, output }`. */
const STEPS = [
  ['biome', () => tool('biome', 'check', '--colors=off')],
  ['tsc', () => tool('tsc', '--build', '--pretty')],
  ['knip', () => tool('knip')],
  ['links', links],
  ...packages.map((path) => [`publint ${path}`, () => tool('publint', path, '--strict')]),
  ...packages.map((path) => [`attw ${path}`, () => tool('attw', '--pack', path, '--profile', 'esm-only')]),
  ['nothing generated differs', unchanged],
]

await ready()
// Work that is not committed yet is no difference, except where a clean checkout is what is checked.
const before = process.env.CI === 'true' ? '' : (await differences()).output
for (const [name, step] of STEPS) {
  const startedAt = performance.now()
  const { status, output } = await step()
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  say(`${status === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`)
  if (status !== 0) fail(output.trimEnd())
}

function links() {
  const broken = brokenLinks()
  return { status: broken.length === 0 ? 0 : 1, output: broken.join('\n') }
}

async function unchanged() {
  const { output } = await differences()
  return { status: output === before ? 0 : 1, output }
}

function differences() {
  return existsSync(inRoot('.git')) ? runQuietly('git', ['diff']) : { status: 0, output: '' }
}
