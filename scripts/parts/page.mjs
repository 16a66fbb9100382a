import { existsSync } from 'node:fs'
import { fail, inRoot } from './checkout.mjs'
import { runAside } from './run.mjs'

const BUILD = inRoot('scripts/build-ui.mjs')

/** Bundles the dashboard's page; its own script knows when there is nothing to do. */
export async function page() {
  if (!existsSync(BUILD)) return
  const status = await runAside(process.execPath, [BUILD])
  if (status !== 0) fail(`The dashboard's page did not build (scripts/build-ui.mjs ended with status ${status}).`)
}
