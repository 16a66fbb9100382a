import { createHash } from 'node:crypto'
import { LIBRARY } from './library.ts'

/** A program that Redis runs in one piece. It is given the tree, and arguments of its own. */
export interface Script {
  readonly lua: string
  /** By which Redis knows it once it has seen it. */
  readonly sha: string
}

/** `body` may use everything of the library. `args` are the names of its arguments. */
export function script(args: readonly string[], body: string): Script {
  const named = args.length === 0 ? '' : `local ${args.join(', ')} = unpack(ARGV, 2)\n`
  const lua = `${LIBRARY}${named}${body.trim()}\n`
  return { lua, sha: createHash('sha1').update(lua).digest('hex') }
}
