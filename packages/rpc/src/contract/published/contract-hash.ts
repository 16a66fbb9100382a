import { createHash } from 'node:crypto'
import { canonicalJson } from './canonical-json.ts'

/** The name of a contract: `sha256-` and the hexadecimal SHA-256 of its canonical JSON. */
export function contractHash(document: object): string {
  return hashOfText(canonicalJson(document))
}

/** The same of text that is canonical already. */
export function hashOfText(canonical: string): string {
  return `sha256-${createHash('sha256').update(canonical).digest('hex')}`
}
