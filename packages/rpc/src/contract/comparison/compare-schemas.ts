import { canonicalJson } from '../published/canonical-json.ts'
import type { JsonSchema } from '../published/json-schema.ts'
import { compareAlternatives, compareConditions } from './alternatives.ts'
import { boundDifferences } from './bound-differences.ts'
import { compareElements } from './elements.ts'
import { compareMembers } from './members.ts'
import { otherDifferences } from './other-differences.ts'
import { PairsSeen } from './pairs-seen.ts'
import { resolved } from './references.ts'
import { typeDifferences } from './type-differences.ts'
import { valueDifferences } from './value-differences.ts'
import type { Pair, SchemaChange, Side, Walk } from './walk.ts'

export interface CompareOptions {
  readonly before: JsonSchema
  readonly after: JsonSchema
  readonly side: Side
  /** Where the schemas stand in their method. */
  readonly at: string
}

/**
 * The differences between two JSON Schemas. Safe with schemas from outside: the work has a bound, and goes on without
 * recursion, since references may lead far.
 */
export function compareSchemas({ before, after, side, at }: CompareOptions): readonly SchemaChange[] {
  if (canonicalJson(before) === canonicalJson(after)) return []
  const changes: SchemaChange[] = []
  const waiting: (readonly [JsonSchema, JsonSchema, string])[] = [[before, after, at]]
  const seen = new PairsSeen()
  const walk: Walk = {
    side,
    compare(was, is, where) {
      if (was !== is && seen.isNew(was, is)) waiting.push([was, is, cut(where)])
    },
    tell(where, { kind, message }) {
      changes.push({ kind, at: cut(where), breaking: kind === 'changed' || kind === HURTS[side], message })
    },
    report: (change) => void changes.push({ ...change, at: cut(change.at) }),
  }
  for (let done = 0; done < waiting.length; done++) {
    if (done === MAX_STEPS) {
      walk.tell(at, { kind: 'changed', message: 'the schemas are too intricate to be compared' })
      break
    }
    const [was, is, where] = waiting[done]!
    const [old, now] = [resolved(was, before), resolved(is, after)]
    if (old === undefined || now === undefined) {
      walk.tell(where, { kind: 'changed', message: 'it refers to what cannot be compared' })
    } else {
      comparePair({ before: old, after: now, at: where, schemas: { before: was, after: is } }, walk)
    }
  }
  return changes
}

function comparePair(pair: Pair, walk: Walk): void {
  const { before, after, at } = pair
  if (compareAlternatives(pair, walk) === 'whole') return
  const types = typeDifferences(before, after)
  for (const difference of types) walk.tell(at, difference)
  // Of another type altogether: more words would say no more.
  if (types.some(({ kind }) => kind === 'changed')) return
  for (const differences of FACETS) {
    for (const difference of differences(before, after)) walk.tell(at, difference)
  }
  compareConditions(pair, walk)
  compareMembers(pair, walk)
  compareElements(pair, walk)
}

const HURTS = { input: 'narrowed', output: 'widened' } as const

const FACETS = [valueDifferences, boundDifferences, otherDifferences]

const MAX_STEPS = 20_000

/** Names of fields come from outside, and nest. */
const MAX_PLACE_CHARS = 500

const cut = (at: string): string => (at.length > MAX_PLACE_CHARS ? `${at.slice(0, MAX_PLACE_CHARS)}…` : at)
