import { codecs, type Encoding, isEncoding } from '../compression/encodings.ts'
import { Unpacking } from '../compression/unpacking.ts'
import { alreadyRead } from './already-read.ts'
import type { App, AppRequest } from './app.ts'
import type { CallLimits } from './http-listen-options.ts'
import { parseArguments } from './parse-arguments.ts'
import { damaged, Refused, tooLarge, unknownEncoding } from './refusal.ts'
import { JSON_TYPE } from './wire.ts'

/** Reads bodies of `app`: JSON and nothing else, packed or not, never deeper, larger or more poisonous than is good. */
export function parseBodies(app: App, { maxDepth }: Pick<Required<CallLimits>, 'maxDepth'>): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser(JSON_TYPE, { parseAs: 'string' }, (_, text: string, done) => {
    let body: unknown
    try {
      body = parseArguments(text, maxDepth)
    } catch (error) {
      done(error as Error)
      return
    }
    done(null, body)
  })
  app.addHook('preParsing', (request, _, payload, done) => {
    const read = alreadyRead(request.raw)
    if (read !== undefined) return done(null, read)
    const encoding = request.headers['content-encoding']?.toLowerCase()
    if (encoding === undefined || encoding === 'identity') done(null, payload)
    else if (isEncoding(encoding)) done(null, unpack(request, payload, encoding))
    else done(new Refused(unknownEncoding(encoding, [...codecs.keys()])))
  })
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
