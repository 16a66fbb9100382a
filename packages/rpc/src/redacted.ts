/** A copy of a JSON value in which the values of these fields, named in lower case, are withheld at any depth. */
export function redacted(value: unknown, names: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((one: unknown) => redacted(one, names))
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return inWords(value)
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, names.has(name.toLowerCase()) ? WITHHELD : redacted(one, names)]),
  )
}

/** Bytes as people are shown them. */
export const inWords = ({ length }: Uint8Array): string => `[${length} bytes]`

const WITHHELD = '[withheld]'
