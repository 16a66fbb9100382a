import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { run } from '../parts/built.ts'

/** Installs the peers, which are no dependencies of anything else here. */
export function installed(): void {
  const here = fileURLToPath(new URL('others/', import.meta.url))
  if (existsSync(`${here}node_modules/.package-lock.json`)) return
  console.error('Installing the peers: bench/peers/others/node_modules is absent.')
  // None of them needs what its install scripts would build.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
}
