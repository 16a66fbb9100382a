// npm run docs: the reference of every package into docs/api, from its doc comments; says which links are broken.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { bin, fail, inRoot } from './parts/checkout.mjs'
import { brokenLinks } from './parts/links.mjs'
import { run } from './parts/run.mjs'
import { ready } from './ready.mjs'

await ready()
const broken = brokenLinks()
if (broken.length > 0) fail(broken.join('\n'))
process.exitCode = await run(bin('typedoc'), [
  ...['--out', 'docs/api', '--name', 'Kumquat', '--readme', 'none', '--tsconfig', 'tsconfig.json'],
  // Links to lines of a repository need one that is published.
  ...['--disableGit', '--disableSources', '--treatWarningsAsErrors'],
  ...publicModules(),
])

/** The source behind every entry of every package's `exports`. */
function publicModules() {
  return readdirSync(inRoot('packages')).flatMap((name) => {
    const { exports } = JSON.parse(readFileSync(inRoot('packages', name, 'package.json'), 'utf8'))
    const sources = Object.values(exports).map((entry) => entry['@kumquat/source'])
    return sources.map((source) => inRoot('packages', name, source)).filter(existsSync)
  })
}
