import { types } from 'node:util'
import { MAX_VALUE_DEPTH } from './value-encoding.ts'

/**
 * What `JSON.stringify` would make of a value, and `JSON.parse` of that, except that bytes stay bytes: so that a value arrives
 * the same whatever was agreed upon. What need not be changed is returned as it is. Throws `TypeError` as `JSON.stringify` does.
 */
export const jsonLike = (value: unknown): unknown => hooked(value, '', 0)

/** What a value says of itself goes before what it is. */
function hooked(value: unknown, key: string | number, depth: number): unknown {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : null
  if (value === undefined || typeof value === 'symbol') return undefined
  const { toJSON } = value as { readonly toJSON?: unknown }
  // Buffers have one.
  if (typeof toJSON !== 'function' || types.isUint8Array(value)) return plain(value, depth)
  return plain(Reflect.apply(toJSON, value, [String(key)]), depth)
}

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') throw new TypeError('Do not know how to serialize a BigInt')
  if (typeof value !== 'object') return typeof value === 'function' ? undefined : hooked(value, '', depth)
  if (value === null) return null
  if (depth === MAX_VALUE_DEPTH) throw new TypeError(`it is circular, or nests deeper than ${MAX_VALUE_DEPTH} levels`)
  if (Array.isArray(value)) return plainArray(value, depth + 1)
  const isPlain = Object.getPrototypeOf(value) === Object.prototype
  if (!isPlain) {
    if (types.isUint8Array(value)) return value
    if (types.isBoxedPrimitive(value) && !types.isSymbolObject(value)) return plain(unboxed(value), depth)
  }
  return plainObject(value as Readonly<Record<string, unknown>>, isPlain, depth + 1)
}

function plainArray(values: readonly unknown[], depth: number): readonly unknown[] {
  let copy: unknown[] | undefined
  for (let i = 0; i < values.length; i++) {
    const made = hooked(values[i], i, depth) ?? null
    if (copy === undefined && made !== values[i]) copy = values.slice(0, i)
    copy?.push(made)
  }
  return copy ?? values
}

function plainObject(value: Readonly<Record<string, unknown>>, isPlain: boolean, depth: number): object {
  const keys = Object.keys(value)
  let copy: Record<string, unknown> | undefined = isPlain ? undefined : {}
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!
    const field = value[key]
    const made = hooked(field, key, depth)
    // What is undefined is left out, which takes a copy too.
    if (copy === undefined && (made !== field || made === undefined)) {
      copy = {}
      for (const before of keys.slice(0, i)) put(copy, before, value[before])
    }
    if (copy !== undefined && made !== undefined) put(copy, key, made)
  }
  return copy ?? value
}

function put(object: Record<string, unknown>, key: string, value: unknown): void {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true })
}

const unboxed = (value: object): unknown =>
  types.isNumberObject(value) ? Number(value) : types.isStringObject(value) ? String(value) : value.valueOf()
