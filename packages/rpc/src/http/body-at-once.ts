import type { IncomingMessage } from 'node:http'
import { JSON_TYPE } from './wire.ts'

/** Of a body as most are, JSON, not packed and not large, its length in bytes; `undefined` for any other. */
export function usualLength({ headers }: IncomingMessage, maxBytes: number): number | undefined {
  if (headers['content-type'] !== JSON_TYPE || headers['content-encoding'] !== undefined) return undefined
  const length = Number(headers['content-length'])
  return length <= Math.min(maxBytes, USUAL_BYTES) ? length : undefined
}

/**
 * Takes the text of a body that comes along with its head, without the events of a stream, which cost more than the call;
 * `otherwise` is called where some of it is still to come, and nothing is read then.
 */
export function readAtOnce(
  request: IncomingMessage,
  length: number,
  take: (text: string) => void,
  otherwise: () => void,
): void {
  // When this turn has read what came with the head.
  process.nextTick(() => {
    if (request.readableLength !== length) return otherwise()
    const bytes: Buffer | null = request.read()
    take(bytes === null ? '' : bytes.toString())
  })
}

/** Below what a request keeps before it stops its connection, in every version of Node. */
const USUAL_BYTES = 16_383
