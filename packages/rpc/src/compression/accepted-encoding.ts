import { codecs, type Encoding } from './encodings.ts'

/**
 * The encoding to answer in, of those that an `accept-encoding` names (RFC 9110, 12.5.3): the one that the caller values
 * most, of equals the one that we prefer. None where it wants none, or says nothing.
 */
export function acceptedEncoding(header: string | readonly string[] | undefined): Encoding | undefined {
  if (header === undefined || header.length === 0) return undefined
  const values = valuesIn(String(header).slice(0, MAX_CHARS))
  let best: Encoding | undefined
  let most = values.get('identity') ?? 0
  for (const encoding of codecs.keys()) {
    const value = values.get(encoding) ?? values.get('*') ?? 0
    if (value > 0 && (best === undefined ? value >= most : value > most)) {
      best = encoding
      most = value
    }
  }
  return best
}

function valuesIn(header: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    const quality = parameters.find((parameter) => parameter.startsWith('q='))
    const value = quality === undefined ? 1 : Number(quality.slice(2))
    values.set(name, value >= 0 && value <= 1 ? value : 0)
  }
  return values
}

const MAX_CHARS = 1_000
