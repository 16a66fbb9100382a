import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fail, inRoot, say } from './checkout.mjs'
import { runAside } from './run.mjs'

const LOCK = inRoot('package-lock.json')
const INSTALLED = inRoot('node_modules/.package-lock.json')

/** Installs what package-lock.json asks for, unless node_modules holds exactly that. */
export async function dependencies() {
  const missing = firstMissing()
  if (missing === undefined) return
  say(`Installing the dependencies: ${missing}.`)
  const command = existsSync(LOCK) ? 'ci' : 'install'
  const status = await npm(command)
  if (status !== 0) fail(`npm ${command} ended with status ${status}; what it says above is what to mend.`)
}

/** Runs npm on this checkout, such that an addon compiles without fetching the headers of Node. */
export function npm(...args) {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error']
  return runAside('npm', [...args, ...quiet], { env: { ...process.env, ...headersOfNode() } })
}

/** Why there is something to install, for people; `undefined` if there is nothing. npm writes its own list last. */
function firstMissing() {
  if (!existsSync(INSTALLED)) return 'node_modules is absent or incomplete'
  if (!existsSync(LOCK)) return undefined
  const installed = packagesIn(INSTALLED)
  for (const [path, { version, optional, link }] of Object.entries(packagesIn(LOCK))) {
    if (optional || !path.includes('node_modules/')) continue
    if (installed[path] === undefined) return `${path} is absent`
    if (!link && installed[path].version !== version) return `${path} is not ${version}`
  }
  return undefined
}

const packagesIn = (file) => JSON.parse(readFileSync(file, 'utf8')).packages

/** node-gyp fetches headers unless told where they are, and a Node from a package or an archive has them beside it. */
function headersOfNode() {
  const prefix = resolve(dirname(process.execPath), '..')
  const wanted = process.env.npm_config_nodedir === undefined && existsSync(resolve(prefix, 'include/node/node.h'))
  return wanted ? { npm_config_nodedir: prefix } : {}
}
