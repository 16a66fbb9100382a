import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** Builds this project's packages: what is measured in processes of its own is what users install. */
export function built(): void {
  run('npx', ['tsc', '--build'], fileURLToPath(new URL('../../', import.meta.url)))
}

/** Runs a program to its end; throws when that is not 0. */
export function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`)
}
