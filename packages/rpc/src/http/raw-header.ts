/**
 * The value of a header among those of an answer as they came: name, value, name, value. Only what is asked for becomes a
 * string, since to read all of them takes a tenth of a call. The name is in lower case; of several values it is the first.
 */
export function rawHeader(raw: readonly Buffer[], name: string): string | undefined {
  for (let i = 0; i < raw.length; i += 2) {
    const known = raw[i]!
    if (known.length === name.length && known.toString('latin1').toLowerCase() === name)
      return raw[i + 1]?.toString('latin1')
  }
  return undefined
}
