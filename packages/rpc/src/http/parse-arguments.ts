import { RpcError } from '@kumquat/core'
import { hasForbiddenKey } from './forbidden-key.ts'
import { isDeeperThan } from './json-depth.ts'
import { notJson, tooDeep } from './refusal.ts'

/**
 * What JSON there is in a text from outside; nothing in an empty one. Throws `RpcError` `invalid_argument`, `not-run` on what is
 * no JSON, nests too deep, or has keys that would reach a prototype.
 */
export function parseArguments(text: string, maxDepth: number): unknown {
  if (text === '') return undefined
  if (mayNestDeep(text, maxDepth) && isDeeperThan(maxDepth, text)) throw tooDeep(maxDepth)
  const parsed = parse(text)
  if (SUSPICIOUS.test(text) && hasForbiddenKey(parsed)) throw notJson()
  return parsed
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { code, message, outcome } = notJson()
    throw new RpcError(code, message, { outcome, cause })
  }
}

/** Counts what opens; looking for single characters is much faster than reading the text. */
function mayNestDeep(text: string, maxDepth: number): boolean {
  if (text.length <= maxDepth) return false
  let count = 0
  for (const opening of ['[', '{']) {
    for (let at = text.indexOf(opening); at >= 0; at = text.indexOf(opening, at + 1))
      if (++count > maxDepth) return true
  }
  return false
}

/** Such a key in plain letters, or one that may be written with escapes. */
const SUSPICIOUS = /"(?:__proto__|constructor)"|\\u/
