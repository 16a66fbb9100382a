/**
 * A text for a value of a call: a string is itself, `undefined` and `null` have none, all others their JSON with the
 * names of objects sorted. No two values that travel as JSON share a text, but for a string that spells another
 * value's; dates, maps, sets and bytes of a caller in the same process have texts too. It ends, however large or cyclic
 * the value is.
 */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value
  return value === undefined || value === null ? undefined : writer()(value)
}

/** A key says whom it is about long before so many values; what follows does not count. */
const MAX_VALUES = 1_000

function writer(): (value: unknown) => string {
  let left = MAX_VALUES
  const write = (value: unknown): string => {
    if (typeof value === 'string') return JSON.stringify(value)
    if (typeof value !== 'object' || value === null) return String(value)
    if (Array.isArray(value)) return `[${list(value)}]`
    if (value instanceof Date) return `date(${value.getTime()})`
    if (value instanceof Map) return `map(${list(value)})`
    if (value instanceof Set) return `set(${list(value)})`
    if (ArrayBuffer.isView(value)) return `bytes(${base64(value)})`
    const names = Object.keys(value).sort()
    return `{${list(names, (name) => `${JSON.stringify(name)}:${write((value as Record<string, unknown>)[name])}`)}}`
  }
  const list = <T>(items: Iterable<T>, each: (item: T) => string = write): string => {
    const texts: string[] = []
    for (const item of items) {
      if (left-- <= 0) break
      texts.push(each(item))
    }
    return texts.join()
  }
  return write
}

const base64 = ({ buffer, byteOffset, byteLength }: ArrayBufferView): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')
