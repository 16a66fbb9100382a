import type { Invocation } from '@kumquat/core'
import { formatBaggage } from '../context/attachments.ts'
import { fitted } from '../context/fitting.ts'
import { checkHeaders } from '../http/departing.ts'
import { BAGGAGE } from '../http/wire.ts'

/** What a request carries beside its arguments, as JSON: the headers it would have over HTTP. Empty when there are none. Throws as they do. */
export function factsOf(invocation: Invocation): string {
  const { attachments, headers } = invocation
  const baggage = formatBaggage(fitted(attachments))
  if (headers === undefined) return baggage === '' ? '' : `{"${BAGGAGE}":${JSON.stringify(baggage)}}`
  checkHeaders(invocation, headers)
  return JSON.stringify(baggage === '' ? headers : { ...headers, [BAGGAGE]: baggage })
}

/** What came as facts. Throws on what is no object of strings. */
export function readFacts(text: string): Readonly<Record<string, string>> {
  if (text === '') return NO_FACTS
  const read: unknown = JSON.parse(text)
  if (typeof read !== 'object' || read === null || Array.isArray(read)) throw new TypeError('facts are a JSON object')
  const facts: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(read)) {
    if (typeof value !== 'string') throw new TypeError(`fact ${JSON.stringify(name.slice(0, 50))} is no string`)
    facts[name] = value
  }
  return facts
}

const NO_FACTS: Readonly<Record<string, string>> = Object.freeze(Object.create(null))
