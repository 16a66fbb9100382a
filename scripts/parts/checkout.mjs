import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The root of this checkout, absolute. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** An absolute path within the checkout. */
export const inRoot = (...parts) => resolve(ROOT, ...parts)

/** The program that an installed package brought along. */
export const bin = (name) => inRoot('node_modules/.bin', name)

/** What `node` needs to run this checkout's TypeScript without a build, from whatever folder. */
export const sourceFlags = () => ['--import', import.meta.resolve('tsx'), '--conditions=@kumquat/source']

/** Whether a script was started by its name, rather than imported by another. */
export const isMain = (meta) => process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(meta.url)

/** Prints a sentence for people. It goes to stderr: stdout belongs to what the command was asked for. */
export const say = (sentence) => console.error(sentence)

/** Ends the process with a sentence. */
export function fail(sentence) {
  say(sentence)
  process.exit(1)
}
