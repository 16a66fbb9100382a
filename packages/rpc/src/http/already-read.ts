import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'

/**
 * The body of a request that another has read before us, such as Express's `express.json()`, as if it came just now. Nothing
 * when nobody has.
 */
export function alreadyRead(request: IncomingMessage & { readonly body?: unknown }): Readable | undefined {
  if (!request.readableEnded || request.body === undefined) return undefined
  const { body } = request
  const text = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  // The length of the headers was that of the body as it came.
  const receivedEncodedLength = Number(request.headers['content-length'])
  return Object.assign(Readable.from(text.length === 0 ? [] : [Buffer.from(text)]), { receivedEncodedLength })
}
