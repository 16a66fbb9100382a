import type { IncomingHttpHeaders } from 'node:http'
import type { AnsweredBy } from './attempt.ts'
import { CLOSING, INSTANCE } from './wire.ts'

/** What headers say of who sent them. */
export function answeredBy(headers: IncomingHttpHeaders): AnsweredBy {
  const instance = headers[INSTANCE]
  return { instance: typeof instance === 'string' ? instance : undefined, isClosing: headers[CLOSING] !== undefined }
}
