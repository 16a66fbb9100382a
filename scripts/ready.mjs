// Makes a fresh clone ready to run from source. Does nothing, quickly and without the network, when all is there.
import { addon } from './parts/addon.mjs'
import { fail, isMain } from './parts/checkout.mjs'
import { dependencies } from './parts/dependencies.mjs'
import { page } from './parts/page.mjs'

const OLDEST_NODE = [20, 19]

export async function ready() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    fail(`Kumquat needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.version}. Install a newer one.`)
  }
  await dependencies()
  await addon()
  await page()
}

if (isMain(import.meta)) await ready()
