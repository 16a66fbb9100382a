import { canonicalJson } from '../published/canonical-json.ts'
import type { Difference, Keywords } from './contract-change.ts'
import { keyword } from './keywords.ts'

/** By the values that `enum` and `const` list. */
export function valueDifferences(before: Keywords, after: Keywords): readonly Difference[] {
  const [were, are] = [valuesOf(before), valuesOf(after)]
  if (were === undefined && are === undefined) return []
  if (were === undefined) return [{ kind: 'narrowed', message: `only ${listed(are!)} will do now` }]
  if (are === undefined) return [{ kind: 'widened', message: `it is no longer one of ${listed(were)}` }]
  const lost = [...were].filter((value) => !are.has(value))
  const gained = [...are].filter((value) => !were.has(value))
  return [
    ...(lost.length > 0 ? [{ kind: 'narrowed', message: `${listed(lost)} will not do any more` } as const] : []),
    ...(gained.length > 0 ? [{ kind: 'widened', message: `it may be ${listed(gained)}, too` } as const] : []),
  ]
}

function valuesOf(schema: Keywords): ReadonlySet<string> | undefined {
  const values = keyword(schema, 'enum')
  const listedValues = Array.isArray(values) ? values.map(canonicalJson) : undefined
  if (!Object.hasOwn(schema, 'const')) return listedValues && new Set(listedValues)
  const only = canonicalJson(keyword(schema, 'const'))
  return new Set(listedValues === undefined || listedValues.includes(only) ? [only] : [])
}

function listed(values: Iterable<string>): string {
  const all = [...values]
  const shown = all.slice(0, 5).map((value) => (value.length > 40 ? `${value.slice(0, 40)}…` : value))
  return `${shown.join(', ')}${all.length > 5 ? ', …' : ''}` || 'nothing'
}
