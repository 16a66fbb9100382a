/** Facts that travel with a call. */
export type Attachments = Readonly<Record<string, string>>

export const NO_ATTACHMENTS: Attachments = Object.freeze({})

/** Bytes of the `baggage` header, as W3C allows (w3.org/TR/baggage/#limits). */
export const MAX_BAGGAGE_BYTES = 8_192
/** Members of it, as W3C allows. */
export const MAX_MEMBERS = 64

/** Throws `TypeError` on what cannot travel as W3C baggage, naming it. */
export function assertAttachments(attachments: Attachments): void {
  for (const [key, value] of Object.entries(attachments)) {
    if (!TOKEN.test(key))
      throw new TypeError(`attachment ${JSON.stringify(key)} is not a token: letters, digits and !#$%&'*+-.^_\`|~`)
    if (typeof value !== 'string') throw new TypeError(`attachment "${key}" must be a string, got ${typeof value}`)
    if (!canEncode(value)) throw new TypeError(`attachment "${key}" holds half a surrogate pair`)
  }
  const bytes = formatBaggage(attachments).length
  if (bytes > MAX_BAGGAGE_BYTES || Object.keys(attachments).length > MAX_MEMBERS) {
    throw new TypeError(
      `attachments take ${bytes} bytes: at most ${MAX_MEMBERS} of them, and ${MAX_BAGGAGE_BYTES} bytes in all`,
    )
  }
}

/** The value of a `baggage` header; empty when there is nothing to say. */
export function formatBaggage(attachments: Attachments): string {
  const members: string[] = []
  for (const key in attachments) members.push(`${key}=${encodeURIComponent(attachments[key]!)}`)
  return members.join(',')
}

/** Reads a `baggage` header. What it cannot read it leaves out, as W3C asks; properties of members are left out too. */
export function parseBaggage(header: string): Attachments {
  if (header.length > MAX_BAGGAGE_BYTES) return NO_ATTACHMENTS
  const members: [string, string][] = []
  for (const member of header.split(',', MAX_MEMBERS)) {
    const [pair = ''] = member.split(';', 1)
    const at = pair.indexOf('=')
    const key = pair.slice(0, at).trim()
    const value = at > 0 ? decoded(pair.slice(at + 1).trim()) : undefined
    if (value !== undefined && TOKEN.test(key)) members.push([key, value])
  }
  return Object.fromEntries(members)
}

/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

function canEncode(text: string): boolean {
  try {
    return encodeURIComponent(text) !== undefined
  } catch {
    return false
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
