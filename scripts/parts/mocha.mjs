import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { inRoot, sourceFlags } from './checkout.mjs'

/**
 * The command line, after `node`, that runs mocha from source with `args`. Files, folders and patterns among them stand in
 * for the whole suite.
 */
export function mochaCommand(args = []) {
  const { spec, 'node-option': _, ...settings } = JSON.parse(readFileSync(inRoot('.mocharc.json'), 'utf8'))
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...(value === true ? [] : [value])])
  const asked = args.map((arg) => (isFolder(arg) ? join(arg, '**/*.test.ts') : arg))
  const partOnly = asked.some((arg) => !arg.startsWith('-') && arg.endsWith('.ts'))
  return [
    ...sourceFlags(),
    inRoot('node_modules/mocha/lib/cli/cli.js'),
    '--no-config',
    ...['--reporter', inRoot('scripts/parts/reporter.cjs')],
    ...options.map(String),
    ...(partOnly ? [] : spec),
    ...asked,
  ]
}

const isFolder = (path) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
