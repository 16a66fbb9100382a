import { type IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { ATTEMPT, BAGGAGE, CALLER, TIMEOUT } from './wire.ts'

/**
 * A request whose headers are read for less where all are among those that our consumers send, each once: of a name that it
 * does not know Node makes a new one for every request, which costs more than all else that is done with it.
 */
export class UsualRequest extends IncomingMessage {
  #headers: IncomingHttpHeaders | undefined

  static {
    // What is an accessor to Node is a property to TypeScript.
    const ofNode = Object.getOwnPropertyDescriptor(IncomingMessage.prototype, 'headers')
    Object.defineProperty(UsualRequest.prototype, 'headers', {
      get(this: UsualRequest) {
        this.#headers ??= usual(this.rawHeaders) ?? (ofNode?.get?.call(this) as IncomingHttpHeaders)
        return this.#headers
      },
      set(this: UsualRequest, headers: IncomingHttpHeaders) {
        this.#headers = headers
      },
    })
  }
}

/** Nothing if there are others. */
function usual(rawHeaders: readonly string[]): Record<string, string> | undefined {
  const headers: Record<string, string> = {}
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = known(rawHeaders[i]!)
    if (name === undefined || headers[name] !== undefined) return undefined
    headers[name] = rawHeaders[i + 1]!
  }
  return headers
}

/** The same name as a key, found without making one of it. */
function known(name: string): string | undefined {
  const alike = BY_LENGTH[name.length]
  if (alike === undefined) return undefined
  for (const one of alike) if (one === name) return one
  return undefined
}

const USUAL = [
  ...['host', 'connection', 'content-type', 'content-length', 'accept', 'accept-encoding', 'authorization'],
  ...['traceparent', 'tracestate', TIMEOUT, ATTEMPT, CALLER, BAGGAGE],
]
const BY_LENGTH: readonly (readonly string[])[] = Array.from({ length: 32 }, (_, length) =>
  USUAL.filter((name) => name.length === length),
)
