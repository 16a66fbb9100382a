import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail, inRoot, ROOT } from './checkout.mjs'

/** Copies everything but what git ignores into `folder`, work that is not committed included. */
export function copyCheckout(folder) {
  const listing = spawnSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT })
  if (listing.status !== 0) fail('Copying takes what git knows: it needs a git checkout.')
  for (const file of listing.stdout.toString().split('\0').filter(Boolean)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    cpSync(inRoot(file), join(folder, file))
  }
}
