// npm run test:nodes: the suite on the other supported Nodes, each in a copy of its own; this checkout is not touched.
// The Nodes are those behind npm's `node` package: node-<platform>-<arch>, program and headers.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fail, say } from './parts/checkout.mjs'
import { copyCheckout } from './parts/copy.mjs'
import { run, runAside } from './parts/run.mjs'

const MAJORS = [22, 24]

const workshop = mkdtempSync(join(tmpdir(), 'kumquat-nodes-'))
process.on('exit', () => rmSync(workshop, { recursive: true, force: true }))

const failed = []
for (const major of MAJORS) {
  const folder = join(workshop, String(major))
  copyCheckout(folder)
  const status = await testOn(await fetchNode(major), folder)
  if (status !== 0) failed.push(major)
}
say(failed.length === 0 ? `Green on Node ${MAJORS.join(' and ')}.` : `Failed on Node ${failed.join(' and ')}.`)
process.exitCode = failed.length === 0 ? 0 : 1

/** Resolves with the folder of the `node` program, which has `../include` beside it. */
async function fetchNode(major) {
  const folder = join(workshop, `node-${major}`)
  const name = `node-${process.platform}-${process.arch}`
  mkdirSync(folder)
  const status = await runAside('npm', ['install', '--no-audit', '--no-fund', '--prefix', folder, `${name}@${major}`])
  if (status !== 0) fail(`npm could not install ${name}@${major}: Node ${major} is not there to test on.`)
  return join(folder, 'node_modules', name, 'bin')
}

/** Resolves with the exit status of `npm test` run by another Node, which installs and compiles for itself. */
function testOn(node, folder) {
  const env = { ...process.env, PATH: `${node}${delimiter}${process.env.PATH}` }
  delete env.npm_config_nodedir
  return run(join(node, 'node'), ['scripts/test.mjs', ...process.argv.slice(2)], { cwd: folder, env })
}
