import { RpcError } from '@kumquat/core'
import { tooDeep } from '../http/refusal.ts'

/**
 * Walks over MessagePack from outside before anything is built of it: one value that ends where the bytes do, of the types of
 * JSON and bytes, with texts for keys, no deeper than `maxDepth`. Returns whether a key may name a constructor, so that what is
 * built has to be looked at. Throws `RpcError` `invalid_argument`, `not-run`. The format: github.com/msgpack/msgpack, spec.md.
 */
export function checkShape(bytes: Uint8Array, maxDepth: number): boolean {
  const end = bytes.length
  /** Of each map and list that is open, how many elements are to come; in a map, keys count too. */
  const left: number[] = []
  const isMap: boolean[] = []
  let at = 0
  let isSuspect = false
  do {
    if (at >= end) throw cutShort()
    const token = bytes[at++]!
    const kind = KINDS[token]!
    const depth = left.length
    const isKey = depth > 0 && isMap[depth - 1]! && left[depth - 1]! % 2 === 0
    if (depth > 0) left[depth - 1]!--
    const width = WIDTHS[token]!
    if (kind === Kind.other) throw malformed(`it has the type ${hex(token)}`)
    if (isKey && kind !== Kind.text) throw malformed(`a key has the type ${hex(token)}, and only texts are keys`)
    if (width > end - at) throw cutShort()
    if (kind === Kind.float && isNotFinite(bytes, at, width)) throw malformed('it has a number that is not finite')
    const count = kind <= Kind.float ? 0 : width === 0 ? token & FIXED[kind]! : unsigned(bytes, at, width)
    at += width
    // An element takes a byte at least: what cannot come need not be waited for, nor room be made for it.
    const elements = kind === Kind.map ? count * 2 : count
    if (elements > end - at) throw cutShort()
    if (kind === Kind.list || kind === Kind.map) {
      if (left.push(elements) > maxDepth) throw tooDeep(maxDepth)
      isMap.push(kind === Kind.map)
    } else {
      if (isKey && isSuspicious(bytes, at, at + count)) isSuspect = true
      at += count
    }
    while (left.length > 0 && left[left.length - 1] === 0) {
      left.pop()
      isMap.pop()
    }
  } while (left.length > 0)
  if (at < end) throw malformed(`${end - at} bytes follow its end`)
  return isSuspect
}

/** What is no MessagePack, or has what JSON does not have. */
export const malformed = (why: string, cause?: unknown): RpcError =>
  refused(
    `the body is not MessagePack that can be taken: ${why}: send one list of arguments, of what JSON has, and bytes`,
    cause,
  )

export const forbiddenKey = (): RpcError =>
  refused('the body has a key "__proto__" or "constructor" that could reach a prototype: send plain values')

const refused = (message: string, cause?: unknown): RpcError =>
  new RpcError('invalid_argument', message, { outcome: 'not-run', cause })

const cutShort = (): RpcError => malformed('it ends in the middle of a value')

const Kind = { other: 0, plain: 1, float: 2, text: 3, bytes: 4, list: 5, map: 6 } as const

/** Kind by first byte, the bytes of number or length after it, and where a short length stands in that byte itself. */
const KINDS: Uint8Array = new Uint8Array(256)
const WIDTHS: Uint8Array = new Uint8Array(256)
const FIXED = [0, 0, 0, 0x1f, 0, 0x0f, 0x0f] as const

const ranges: readonly (readonly [first: number, last: number, kind: number, ...widths: number[]])[] = [
  [0x00, 0x7f, Kind.plain],
  [0x80, 0x8f, Kind.map],
  [0x90, 0x9f, Kind.list],
  [0xa0, 0xbf, Kind.text],
  [0xc0, 0xc0, Kind.plain],
  [0xc2, 0xc3, Kind.plain],
  [0xc4, 0xc6, Kind.bytes, 1, 2, 4],
  [0xca, 0xcb, Kind.float, 4, 8],
  [0xcc, 0xcf, Kind.plain, 1, 2, 4, 8],
  [0xd0, 0xd3, Kind.plain, 1, 2, 4, 8],
  [0xd9, 0xdb, Kind.text, 1, 2, 4],
  [0xdc, 0xdd, Kind.list, 2, 4],
  [0xde, 0xdf, Kind.map, 2, 4],
  [0xe0, 0xff, Kind.plain],
]
for (const [first, last, kind, ...widths] of ranges) {
  for (let token = first; token <= last; token++) {
    KINDS[token] = kind
    WIDTHS[token] = widths[token - first] ?? 0
  }
}

function unsigned(bytes: Uint8Array, at: number, width: number): number {
  let value = 0
  for (let i = 0; i < width; i++) value = value * 256 + bytes[at + i]!
  return value
}

function isNotFinite(bytes: Uint8Array, at: number, width: number): boolean {
  const exponent = width === 4 ? 0x80 : 0xf0
  return (bytes[at]! & 0x7f) === 0x7f && (bytes[at + 1]! & exponent) === exponent
}

/** Whether it is `constructor`, or may be read as that by who is lenient with UTF-8. Throws on `__proto__`. */
function isSuspicious(bytes: Uint8Array, start: number, end: number): boolean {
  if (isNamed(bytes, start, end, '__proto__')) throw forbiddenKey()
  for (let at = start; at < end; at++) if (bytes[at]! >= 0x80) return true
  return isNamed(bytes, start, end, 'constructor')
}

function isNamed(bytes: Uint8Array, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false
  for (let i = 0; i < name.length; i++) if (bytes[start + i] !== name.charCodeAt(i)) return false
  return true
}

const hex = (token: number): string => `0x${token.toString(16).padStart(2, '0')}`
