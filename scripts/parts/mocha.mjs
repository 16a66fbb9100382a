import { existsSync, readFileSync } from 'node:fs'
import { inRoot, sourceFlags } from './checkout.mjs'

/** The command line, after `node`, that runs mocha from source with `args`; files named there replace the whole suite. */
export function mochaCommand(args = []) {
  const { spec, 'node-option': _, ...settings } = JSON.parse(readFileSync(inRoot('.mocharc.json'), 'utf8'))
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, ...(value === true ? [] : [value])])
  const named = args.some((arg) => !arg.startsWith('-') && (existsSync(arg) || /[*?]|\.ts$/.test(arg)))
  return [
    ...sourceFlags(),
    inRoot('node_modules/mocha/lib/cli/cli.js'),
    '--no-config',
    '--reporter',
    inRoot('scripts/parts/reporter.cjs'),
    ...options.map(String),
    ...(named ? [] : spec),
    ...args,
  ]
}
