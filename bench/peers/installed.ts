import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Builds this project's packages, and installs the peers, which are no dependencies of anything else here. */
export function installed(): void {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  run('npx', ['tsc', '--build'], root)
  const here = fileURLToPath(new URL('others/', import.meta.url))
  if (existsSync(`${here}node_modules/.package-lock.json`)) return
  console.error('Installing the peers: bench/peers/others/node_modules is absent.')
  // None of them needs what its install scripts would build.
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], here)
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}
