import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { inRoot, say } from './checkout.mjs'
import { npm } from './dependencies.mjs'
import { COMPILERS, hasProgram } from './programs.mjs'

const PACKAGE = inRoot('node_modules/zookeeper')
const BINARY = inRoot('node_modules/zookeeper/build/Release/zookeeper.node')
const TRIED = inRoot(`node_modules/.cache/kumquat/zookeeper-tried-${process.version}`)

/**
 * Compiles the optional `zookeeper` addon if this Node cannot load it and there are compilers. It is tried once a Node
 * version and installation: what failed stays failed, and only the ZooKeeper store is missing.
 */
export async function addon() {
  if (loads() || existsSync(TRIED) || !COMPILERS.every(hasProgram)) return
  say('Compiling the zookeeper addon for this Node.')
  // An optional package that did not compile while it was installed has been removed again.
  const status = existsSync(PACKAGE) ? await npm('rebuild', 'zookeeper') : await npm('ci')
  mkdirSync(dirname(TRIED), { recursive: true })
  writeFileSync(TRIED, '')
  if (status !== 0 || !loads()) {
    say('The zookeeper addon did not compile: zookeeper: registries will not open, everything else works.')
    say(`To try again, mend what is said above and remove ${TRIED}.`)
  }
}

function loads() {
  try {
    process.dlopen({ exports: {} }, BINARY)
    return true
  } catch {
    return false
  }
}
