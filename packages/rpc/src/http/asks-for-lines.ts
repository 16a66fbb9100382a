import type { StreamKind } from '@kumquat/core'
import { LINES_TYPE } from './wire.ts'

/**
 * Whether a request is for a stream: it says so, or leaves it to a method that is one, as curl does. A consumer that takes
 * the method for a call sends no `accept`.
 */
export function asksForLines(accept: string | undefined, kind: StreamKind | undefined): boolean {
  if (accept === undefined) return false
  return accept.includes(LINES_TYPE) || kind !== undefined
}
