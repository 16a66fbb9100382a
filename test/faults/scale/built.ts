import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const FOLDER = fileURLToPath(new URL('../../../node_modules/.cache/kumquat-faults', import.meta.url))

/** Compiles a script of this folder, to run as it would at a user's: over the built packages, without a loader in its memory. */
export async function built(name: string): Promise<URL> {
  const entry = fileURLToPath(new URL(`./${name}.ts`, import.meta.url))
  const outfile = join(FOLDER, `${name}.mjs`)
  await build({
    entryPoints: [entry],
    outfile,
    absWorkingDir: dirname(entry),
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
  })
  return new URL(`file://${outfile}`)
}
