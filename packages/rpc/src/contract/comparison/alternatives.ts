import { canonicalJson } from '../published/canonical-json.ts'
import type { JsonSchema } from '../published/json-schema.ts'
import type { Difference, Keywords } from './contract-change.ts'
import { asSchema, isKeywords, keyword, listIn, membersIn } from './keywords.ts'
import type { Pair, Walk } from './walk.ts'

/**
 * By `anyOf` and `oneOf`, which are taken for the same: libraries write alternatives that exclude one another. A schema without
 * them is one alternative. Answers `whole` when there is nothing else in the schemas to look at.
 */
export function compareAlternatives({ before, after, at, schemas }: Pair, walk: Walk): 'whole' | 'part' {
  const [were, are] = [alternativesOf(before), alternativesOf(after)]
  if (were === undefined && are === undefined) return 'part'
  const [onlyBefore, onlyAfter] = [isPure(before), isPure(after)]
  if ((onlyBefore || were === undefined) && (onlyAfter || are === undefined)) {
    compareLists(were ?? [schemas.before], are ?? [schemas.after], at, walk, { lost: 'narrowed', gained: 'widened' })
    return 'whole'
  }
  if (were !== undefined && are !== undefined) {
    compareLists(were, are, at, walk, { lost: 'narrowed', gained: 'widened' })
  } else {
    const kind = were === undefined ? 'narrowed' : 'widened'
    walk.tell(at, { kind, message: were === undefined ? 'it must fit alternatives now' : 'its alternatives are gone' })
  }
  return 'part'
}

/** By `allOf`: each of its schemas must fit. */
export function compareConditions({ before, after, at }: Pair, walk: Walk): void {
  const [were, are] = [listIn(before, 'allOf').map(asSchema), listIn(after, 'allOf').map(asSchema)]
  compareLists(were, are, at, walk, { lost: 'widened', gained: 'narrowed' })
}

interface Meaning {
  readonly lost: 'narrowed' | 'widened'
  readonly gained: 'narrowed' | 'widened'
}

/** Pairs what is alike, then what looks like the same thing; the rest is lost or gained. */
function compareLists(
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  at: string,
  walk: Walk,
  { lost, gained }: Meaning,
): void {
  const exact = paired(before, after, canonicalJson)
  for (const [was, is] of exact.pairs) walk.compare(was, is, at)
  const { pairs, left, right } =
    exact.left.length === 1 && exact.right.length === 1
      ? { pairs: [[exact.left[0]!, exact.right[0]!] as const], left: [], right: [] }
      : paired(exact.left, exact.right, tagOf)
  for (const [was, is] of pairs) walk.compare(was, is, at)
  const tell = (kind: Difference['kind'], message: string): void => walk.tell(at, { kind, message })
  if (left.length > 0 && right.length > 0) tell('changed', 'its alternatives are others')
  else if (left.length > 0) tell(lost, `${left.length} of its alternatives are gone`)
  else if (right.length > 0) tell(gained, `it has ${right.length} more alternatives`)
}

interface Paired {
  readonly pairs: readonly (readonly [JsonSchema, JsonSchema])[]
  readonly left: readonly JsonSchema[]
  readonly right: readonly JsonSchema[]
}

function paired(
  before: readonly JsonSchema[],
  after: readonly JsonSchema[],
  by: (schema: JsonSchema) => string,
): Paired {
  const waiting = new Map<string, JsonSchema[]>()
  for (const is of after) waiting.set(by(is), [...(waiting.get(by(is)) ?? []), is])
  const pairs: (readonly [JsonSchema, JsonSchema])[] = []
  const left: JsonSchema[] = []
  for (const was of before) {
    const is = waiting.get(by(was))?.shift()
    if (is === undefined) left.push(was)
    else pairs.push([was, is])
  }
  return { pairs, left, right: [...waiting.values()].flat() }
}

/** What an alternative is told by: its type, and fields of one value. */
function tagOf(schema: JsonSchema): string {
  if (typeof schema === 'boolean') return String(schema)
  const fixed = [...membersIn(schema, 'properties')].filter(
    ([, field]) => isKeywords(field) && Object.hasOwn(field, 'const'),
  )
  return canonicalJson([keyword(schema, 'type') ?? null, keyword(schema, '$ref') ?? null, fixed])
}

function alternativesOf(schema: Keywords): readonly JsonSchema[] | undefined {
  const lists = ['anyOf', 'oneOf'].filter((name) => Array.isArray(keyword(schema, name)))
  return lists.length === 0 ? undefined : lists.flatMap((name) => listIn(schema, name)).map(asSchema)
}

/** Whether a schema is its alternatives and nothing else. */
const isPure = (schema: Keywords): boolean => {
  const [only, ...more] = Object.keys(schema)
  return more.length === 0 && (only === 'anyOf' || only === 'oneOf')
}
