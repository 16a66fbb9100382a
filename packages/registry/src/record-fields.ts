import { DEFAULT_WEIGHT, isName, MAX_WEIGHT } from '@kumquat/core'

// Readers of single fields. Each takes anything and answers with a value that is in bounds.

const MAX_TEXT_CHARS = 1_024
const MAX_NAMES = 1_000
const MAX_TAGS = 64

/** Text without control characters, cut at 1 024; a number or a flag in words; otherwise empty. */
export function readText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value !== 'string') return ''
  return value.slice(0, MAX_TEXT_CHARS).replace(UNPRINTABLE, ' ')
}

/** True for `true`, `1`, and "true", "1", "yes" or "on" in any case. */
export function readFlag(value: unknown): boolean {
  return /^\s*(?:true|1|yes|on)\s*$/i.test(readText(value))
}

/** A whole number from 0 up, or 0. */
export function readCount(value: unknown): number {
  const number = readNumber(value)
  return number === undefined ? 0 : Math.min(Math.max(0, Math.floor(number)), Number.MAX_SAFE_INTEGER)
}

/** A number from 0 to 10 000; what lies outside counts as the nearest, what is no number as the default. */
export function readWeight(value: unknown): number {
  const number = readNumber(value)
  return number === undefined ? DEFAULT_WEIGHT : Math.min(Math.max(0, number), MAX_WEIGHT)
}

/** Names from an array or from text like `[a(), b(int, int)]` or `a, b`, each once; undefined when it is neither. */
export function readNames(value: unknown): readonly string[] | undefined {
  const parts = Array.isArray(value) ? value : typeof value === 'string' ? splitNames(value) : undefined
  if (parts === undefined) return undefined
  const names = parts.map((part) => readText(part).replace(/\(.*$/s, '').trim())
  return [...new Set(names.filter(isName))].slice(0, MAX_NAMES)
}

/** Text by name. Names that objects have by birth are left out. */
export function readTags(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  const tags = Object.entries(value).filter(([name]) => isName(name) && !(name in Object.prototype))
  return Object.fromEntries(tags.slice(0, MAX_TAGS).map(([name, text]) => [name, readText(text)]))
}

/** At the commas outside of parentheses. */
function splitNames(text: string): readonly string[] {
  return text
    .trim()
    .replace(/^\[|\]$/g, '')
    .replace(/\([^()]*\)/g, '')
    .split(',')
}

function readNumber(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

const UNPRINTABLE = /[\p{Control}\p{Surrogate}]/gu
