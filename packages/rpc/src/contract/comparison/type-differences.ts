import type { Difference, Keywords } from './contract-change.ts'
import { keyword, listIn } from './keywords.ts'

/** By the `type` of two schemas. An integer is a number. */
export function typeDifferences(before: Keywords, after: Keywords): readonly Difference[] {
  const [were, are] = [typesOf(before), typesOf(after)]
  const lost = [...were].some((type) => !covers(are, type))
  const gained = [...are].some((type) => !covers(were, type))
  if (!lost && !gained) return []
  const kind = lost && gained ? 'changed' : lost ? 'narrowed' : 'widened'
  return [{ kind, message: `its type was ${named(were)} and is ${named(are)}` }]
}

const ALL = ['array', 'boolean', 'null', 'number', 'object', 'string']

function typesOf(schema: Keywords): ReadonlySet<string> {
  const said = keyword(schema, 'type')
  if (typeof said === 'string') return new Set([said])
  if (Array.isArray(said)) return new Set(said.map(String))
  const values = Object.hasOwn(schema, 'const') ? [keyword(schema, 'const')] : listIn(schema, 'enum')
  return new Set(values.length > 0 ? values.map(typeOf) : ALL)
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Number.isInteger(value)) return 'integer'
  return Array.isArray(value) ? 'array' : typeof value
}

const covers = (types: ReadonlySet<string>, type: string): boolean =>
  types.has(type) || (type === 'integer' && types.has('number'))

function named(types: ReadonlySet<string>): string {
  if (ALL.every((type) => types.has(type))) return 'any'
  return [...types].join(' or ').slice(0, MAX_CHARS) || 'none'
}

/** Documents from outside may call a type anything. */
const MAX_CHARS = 100
