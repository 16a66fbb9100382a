import { RpcError } from '@kumquat/core'
import { decodeError } from './error-body.ts'
import { STATUS_OF } from './wire.ts'

/** What a line of a stream says: an item, the end, or what went wrong. */
export type LineRead = { readonly item: unknown } | { readonly error: RpcError | undefined }

/** Reads a line. What is none of ours is an error too. */
export function readLine(line: string, where: string): LineRead {
  let said: unknown
  try {
    said = JSON.parse(line)
  } catch {
    said = undefined
  }
  if (typeof said === 'object' && said !== null) {
    if ('item' in said) return { item: said.item }
    if ('end' in said) return { error: undefined }
    if ('error' in said)
      return { error: decodeError({ status: STATUS_OF.unknown, text: JSON.stringify(said.error) }, where) }
  }
  return { error: new RpcError('internal', `${where} sent a line that is none of a stream: ${line.slice(0, 100)}`) }
}
