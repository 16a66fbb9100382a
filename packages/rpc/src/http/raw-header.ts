/**
 * The value of a header among those of an answer as they came: name, value, name, value. Only what is asked for becomes a
 * string, since to read all of them takes a tenth of a call. The name is in lower case; of several values it is the first.
 */
export function rawHeader(raw: readonly Buffer[], name: string): string | undefined {
  const first = name.charCodeAt(0)
  for (let i = 0; i < raw.length; i += 2) {
    const known = raw[i]!
    // A look at the first letter, in either case, spares most of the strings.
    if (known.length !== name.length || (known[0]! | LOWER) !== first) continue
    if (known.toString('latin1').toLowerCase() === name) return raw[i + 1]?.toString('latin1')
  }
  return undefined
}

/** Set in small letters, and not in great ones. */
const LOWER = 0x20
