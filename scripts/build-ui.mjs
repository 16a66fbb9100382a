// Bundles the dashboard's page into packages/monitor/dist/ui. Does nothing when that is newer than all it is made of.
import { mkdir, readdir, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

/** What a first visit may cost over the wire, in bytes of gzip. */
const BUDGET = 80 * 1024

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const monitor = join(root, 'packages/monitor')
const ui = join(monitor, 'ui')
const out = join(monitor, 'dist/ui')
const outputs = ['index.html', 'app.js', 'style.css', 'icon.svg']
const sources = [
  ui,
  join(monitor, 'src/dashboard/model.ts'),
  join(root, 'package-lock.json'),
  fileURLToPath(import.meta.url),
]

if ((await newest(sources)) > (await oldest(outputs))) await bundle()

async function bundle() {
  // Only now: mostly there is nothing to do, and this script runs before every command.
  const { build } = await import('esbuild')
  const { outputFiles } = await build({
    entryPoints: {
      app: join(ui, 'main.tsx'),
      style: join(ui, 'style/index.css'),
      index: join(ui, 'index.html'),
      icon: join(ui, 'icon.svg'),
    },
    loader: { '.html': 'copy', '.svg': 'copy' },
    bundle: true,
    format: 'esm',
    target: 'es2023',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minify: true,
    legalComments: 'none',
    charset: 'utf8',
    outdir: out,
    write: false,
  })
  const sizes = outputFiles.map(({ path, contents }) => ({ path, bytes: gzipSync(contents, { level: 9 }).length }))
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0)
  const list = sizes.map(({ path, bytes }) => `${path.slice(out.length + 1)} ${kib(bytes)}`).join(', ')
  const summary = `dashboard page: ${kib(total)} of ${kib(BUDGET)} KiB gzip (${list})`
  if (total > BUDGET) {
    console.error(
      `${summary}\nThe page is too heavy: take something out, or argue for a larger BUDGET in scripts/build-ui.mjs.`,
    )
    process.exit(1)
  }
  await mkdir(out, { recursive: true })
  await Promise.all(outputFiles.map(({ path, contents }) => writeFile(path, contents)))
  console.error(summary)
}

/** The time of the last change of any of these, folders with all they contain. */
async function newest(paths) {
  const times = await Promise.all(
    paths.map(async (path) => {
      const facts = await stat(path)
      if (!facts.isDirectory()) return facts.mtimeMs
      const within = await readdir(path)
      return Math.max(facts.mtimeMs, await newest(within.map((name) => join(path, name))))
    }),
  )
  return Math.max(...times)
}

/** The time of the oldest of the files that a bundle consists of; the beginning of time when one is missing. */
async function oldest(names) {
  const times = await Promise.all(
    names.map((name) =>
      stat(join(out, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  return Math.min(...times)
}

function kib(bytes) {
  return (bytes / 1024).toFixed(1)
}
