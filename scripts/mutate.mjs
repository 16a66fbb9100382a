// npm run mutate: changes the cluster layer in one small way after another, and counts the changes that a test notices.
// Takes patterns of files instead of the usual ones. Works on a copy; Stryker is fetched for it, and is no part of the checkout.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { fail, inRoot, say } from './parts/checkout.mjs'
import { copyCheckout } from './parts/copy.mjs'
import { runAside } from './parts/run.mjs'
import { ready } from './ready.mjs'

/** The last that run on Node 20, and with one another. */
const STRYKER = '9.6.1'
const MOCHA = '11'
const CLUSTER = 'packages/cluster/src'
const MUTATED = [
  'balancers/*.ts',
  'rings/*.ts',
  'sampling/*.ts',
  'tables/*.ts',
  'retry-budget.ts',
  'windows/{rolling-tally,sparing-time}.ts',
  'health/**/*.ts',
  'routers/*.ts',
].map((pattern) => `${CLUSTER}/${pattern}`)
/** Those that are about them: whole simulations would take hours, and notice late. */
const TESTS = ['*', '{balancers,rings,tables,loads,health,routers,matching,sets,windows,strategies}/**/*'].map(
  (pattern) => `packages/cluster/test/${pattern}.test.ts`,
)
/** The share of changes that must be noticed, in percent. */
const ENOUGH = 80

const { values, positionals } = parseArgs({ options: { json: { type: 'boolean' } }, allowPositionals: true })
await ready()
const workshop = mkdtempSync(join(tmpdir(), 'kumquat-mutate-'))
process.on('exit', () => rmSync(workshop, { recursive: true, force: true }))

const stryker = await fetchStryker()
const copy = join(workshop, 'copy')
copyCheckout(copy)
cpSync(inRoot('node_modules'), join(copy, 'node_modules'), { recursive: true, verbatimSymlinks: true })
const report = join(workshop, 'report.json')
const settings = join(workshop, 'stryker.json')
writeFileSync(settings, JSON.stringify(settingsOf(positionals.length > 0 ? positionals : MUTATED)))
const status = await runAside(process.execPath, [stryker, 'run', settings], { cwd: copy })
if (status !== 0) fail('Stryker did not come to its end.')

const files = Object.entries(JSON.parse(readFileSync(report, 'utf8')).files).map(figuresOf)
const total = sum(files)
for (const one of files) say(lineOf(one))
say(lineOf(total))
const kept = total.share >= ENOUGH
if (values.json) console.log(JSON.stringify({ kept, enough: ENOUGH, total, files }))
process.exitCode = kept ? 0 : 1

async function fetchStryker() {
  const folder = join(workshop, 'stryker')
  const wanted = [`@stryker-mutator/core@${STRYKER}`, `@stryker-mutator/mocha-runner@${STRYKER}`, `mocha@${MOCHA}`]
  const args = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, ...wanted]
  if ((await runAside('npm', args)) !== 0) fail('npm could not install Stryker.')
  return join(folder, 'node_modules/@stryker-mutator/core/bin/stryker.js')
}

function settingsOf(mutate) {
  return {
    // The workspaces are found through links that lead to one place: it must be the one that is changed.
    inPlace: true,
    mutate,
    testRunner: 'mocha',
    testRunnerNodeArgs: ['--import=tsx', '--conditions=@kumquat/source'],
    mochaOptions: { config: '.mocharc.json', spec: TESTS },
    coverageAnalysis: 'perTest',
    // They act while a module is loaded, once for all tests: no run of a test could tell them.
    ignoreStatic: true,
    concurrency: 2,
    timeoutMS: 10_000,
    disableTypeChecks: false,
    reporters: ['json', 'clear-text', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false, reportScoreTable: false },
    jsonReporter: { fileName: report },
    tempDirName: join(workshop, 'stryker-temp'),
    allowEmpty: false,
  }
}

function figuresOf([path, { mutants }]) {
  const count = (...states) => mutants.filter(({ status: state }) => states.includes(state)).length
  return shared({
    file: relative(CLUSTER, path),
    noticed: count('Killed', 'Timeout'),
    missed: count('Survived', 'NoCoverage'),
  })
}

function sum(all) {
  const of = (name) => all.reduce((so, one) => so + one[name], 0)
  return shared({ file: 'all', noticed: of('noticed'), missed: of('missed') })
}

function shared(figures) {
  const { noticed, missed } = figures
  return { ...figures, share: Math.round((1000 * noticed) / (noticed + missed || 1)) / 10 }
}

function lineOf({ file, noticed, missed, share }) {
  return `${file.padEnd(40)} ${String(noticed).padStart(5)} noticed ${String(missed).padStart(5)} missed ${share.toFixed(1).padStart(6)} %`
}
