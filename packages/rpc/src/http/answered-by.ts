import type { IncomingHttpHeaders } from 'node:http'
import { rawHeader } from './raw-header.ts'
import { CLOSING, INSTANCE } from './wire.ts'

/** What an answer says of who gave it. */
export interface AnsweredBy {
  readonly instance: string | undefined
  /** It asks to be left alone from now on. */
  readonly isClosing: boolean
}

/** By its headers. */
export function answeredBy(headers: IncomingHttpHeaders): AnsweredBy {
  const instance = headers[INSTANCE]
  return { instance: typeof instance === 'string' ? instance : undefined, isClosing: headers[CLOSING] !== undefined }
}

/** By its headers as they came. */
export function answeredByRaw(raw: readonly Buffer[]): AnsweredBy {
  return { instance: rawHeader(raw, INSTANCE), isClosing: rawHeader(raw, CLOSING) !== undefined }
}
