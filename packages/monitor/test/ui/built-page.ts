import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

/** Bundles the page as it is now; quick when nothing changed since. */
export async function buildPage(): Promise<void> {
  await promisify(execFile)(process.execPath, [
    fileURLToPath(new URL('../../../../scripts/build-ui.mjs', import.meta.url)),
  ])
}
