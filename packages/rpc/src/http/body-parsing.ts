import { codecs, type Encoding, isEncoding } from '../compression/encodings.ts'
import { Unpacking } from '../compression/unpacking.ts'
import { alreadyRead } from './already-read.ts'
import type { App, AppRequest } from './app.ts'
import type { CallLimits } from './http-listen-options.ts'
import { isDeeperThan } from './json-depth.ts'
import { damaged, Refused, tooDeep, tooLarge, unknownEncoding } from './refusal.ts'
import { JSON_TYPE } from './wire.ts'

/** Makes a value of the text of a body, and tells what is wrong with it. */
export type ParseText = (request: AppRequest, text: string, done: (error: Error | null, body?: unknown) => void) => void

/**
 * Reads bodies of `app`: JSON and nothing else, packed or not, never deeper, larger or more poisonous than is good. What it
 * does with their text is for who reads them by himself.
 */
export function parseBodies(app: App, { maxDepth }: Pick<Required<CallLimits>, 'maxDepth'>): ParseText {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  const parseText: ParseText = (request, text, done) => {
    if (text.length === 0) done(null, undefined)
    else if (isDeeperThan(maxDepth, text)) done(tooDeep(maxDepth))
    else void parse(request, text, done)
  }
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'string' }, parseText)
  app.addHook('preParsing', (request, _, payload, done) => {
    const read = alreadyRead(request.raw)
    if (read !== undefined) return done(null, read)
    const encoding = request.headers['content-encoding']?.toLowerCase()
    if (encoding === undefined || encoding === 'identity') done(null, payload)
    else if (isEncoding(encoding)) done(null, unpack(request, payload, encoding))
    else done(new Refused(unknownEncoding(encoding, [...codecs.keys()])))
  })
  return parseText
}

function unpack(
  request: AppRequest,
  payload: ConstructorParameters<typeof Unpacking>[0],
  encoding: Encoding,
): Unpacking {
  const maxBytes = request.routeOptions.bodyLimit
  return new Unpacking(payload, {
    encoding,
    maxBytes,
    tooMuch: () => new Refused(tooLarge(maxBytes)),
    damaged: () => new Refused(damaged(encoding)),
  })
}
