// Rules come from outside. Each of these reads one value of them, or throws a TypeError that names the place and the value.

/** An object with no other fields than these. */
export function fields(value: unknown, where: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  const own = object(value, where)
  const unknown = Object.keys(own).find((name) => !known.includes(name))
  if (unknown === undefined) return own
  throw new TypeError(`${where} has no field ${shown(unknown)}: known are ${known.join(', ')}`)
}

/** An object of any fields. */
export function object(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw mistake(where, 'must be an object', value)
}

/** A list, of at most 1 000 entries. */
export function list(value: unknown, where: string): readonly unknown[] {
  if (Array.isArray(value) && value.length <= MAX_ENTRIES) return value
  throw mistake(where, `must be a list of at most ${MAX_ENTRIES}`, value)
}

/** A text of at most 1 000 characters. */
export function text(value: unknown, where: string, fallback?: string): string {
  if (value === undefined && fallback !== undefined) return fallback
  if (typeof value === 'string' && value.length <= MAX_TEXT) return value
  throw mistake(where, `must be a text of at most ${MAX_TEXT} characters`, value)
}

export function flag(value: unknown, where: string, fallback: boolean): boolean {
  if (value === undefined) return fallback
  if (typeof value === 'boolean') return value
  throw mistake(where, 'must be true or false', value)
}

/** A number from `least` to `most`. */
export function number(value: unknown, where: string, least: number, most: number, fallback?: number): number {
  if (value === undefined && fallback !== undefined) return fallback
  if (typeof value === 'number' && value >= least && value <= most) return value
  throw mistake(where, `must be a number from ${least} to ${most}`, value)
}

/** A share of 100, with at most two decimals. */
export function percent(value: unknown, where: string, fallback?: number): number {
  const share = number(value, where, 0, 100, fallback)
  if (Math.abs(share * 100 - Math.round(share * 100)) < 1e-9) return share
  throw mistake(where, 'must have at most two decimals', value)
}

export function oneOf<T extends string>(value: unknown, where: string, known: readonly T[], fallback?: T): T {
  if (value === undefined && fallback !== undefined) return fallback
  const found = known.find((one) => one === value)
  if (found !== undefined) return found
  throw mistake(where, `must be one of ${known.join(', ')}`, value)
}

export const mistake = (where: string, demand: string, value: unknown): TypeError =>
  new TypeError(`${where} ${demand}, got ${shown(value)}`)

/** A value in few letters. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value)
  }
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return typeof value === 'function' ? 'a function' : String(value)
}

const MAX_ENTRIES = 1_000
const MAX_TEXT = 1_000
const MAX_SHOWN = 60
