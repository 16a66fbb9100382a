import type { ServerResponse } from 'node:http'
import { type Clock, every, type RpcError, type RpcErrorCode } from '@kumquat/core'
import { type CallName, encodeError } from './error-body.ts'
import { encodeReply } from './reply-body.ts'

export interface WriteLinesParts {
  readonly name: CallName
  readonly items: AsyncIterable<unknown>
  readonly response: ServerResponse
  /** Writes the head of the answer. */
  readonly begin: () => void
  /** Puts an error into words. */
  readonly said: (error: unknown) => RpcError
  readonly clock: Clock
}

/**
 * Answers with a line for each item and one for the end, as fast as the reader takes them: docs/reference/wire.md. Resolves
 * with how that ended; nothing is written, and it rejects, where the stream fails before its first item.
 */
export async function writeLines(parts: WriteLinesParts): Promise<RpcErrorCode | 'ok'> {
  const { name, items, response, begin, said, clock } = parts
  const iterator = items[Symbol.asyncIterator]()
  const beating = every(clock, HEARTBEAT_MS, () => {
    if (response.writableNeedDrain) return
    if (!response.headersSent) begin()
    response.write('\n')
  })
  try {
    for (;;) {
      const { value, done = false } = await iterator.next()
      const line = done ? '{"end":{}}\n' : `{"item":${encodeReply(value, name)}}\n`
      if (!response.headersSent) begin()
      if (done) {
        response.end(line)
        return 'ok'
      }
      if (!response.write(line)) await drained(response)
    }
  } catch (error) {
    void iterator.return?.()
    if (!response.headersSent) throw error
    const { code } = said(error)
    response.end(`{"error":${encodeError(said(error), name)}}\n`)
    return code
  } finally {
    beating[Symbol.dispose]()
  }
}

/** Shows that a stream lives that has nothing to say. Readers give up after three times as long. */
export const HEARTBEAT_MS = 15_000

/** Resolves when more may be written, or nobody reads any more. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve()
    const end = (): void => {
      response.off('drain', end)
      response.off('close', end)
      resolve()
    }
    response.on('drain', end)
    response.on('close', end)
  })
}
