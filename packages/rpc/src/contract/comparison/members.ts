import type { Keywords } from './contract-change.ts'
import { asSchema, isKeywords, keyword, listIn, membersIn } from './keywords.ts'
import type { Pair, Walk } from './walk.ts'

/**
 * By the fields of objects. Readers pass over fields that they do not know, so that a reply may have more of them; who sends
 * a field that is gone is told so.
 */
export function compareMembers({ before, after, at }: Pair, walk: Walk): void {
  const [were, are] = [membersIn(before, 'properties'), membersIn(after, 'properties')]
  const [mustBefore, mustAfter] = [requiredIn(before), requiredIn(after)]
  const [restBefore, restAfter] = [restOf(before), restOf(after)]
  for (const name of new Set([...were.keys(), ...are.keys(), ...mustBefore, ...mustAfter])) {
    const where = `${at}.${name}`
    const [was, is] = [were.get(name) ?? typedRest(restBefore), are.get(name) ?? typedRest(restAfter)]
    const [must, mustNow] = [mustBefore.has(name), mustAfter.has(name)]
    if (was === undefined && is !== undefined) {
      if (walk.side === 'input' && mustNow) walk.tell(where, { kind: 'narrowed', message: 'it must be given now' })
      else walk.report({ kind: 'added', at: where, breaking: false, message: 'it is new' })
      continue
    }
    if (was !== undefined && is === undefined) {
      walk.report({ kind: 'removed', at: where, breaking: true, message: 'it is gone' })
      continue
    }
    if (was !== undefined && is !== undefined) walk.compare(asSchema(was), asSchema(is), where)
    if (must && !mustNow) walk.tell(where, { kind: 'widened', message: 'it may be absent now' })
    if (!must && mustNow) walk.tell(where, { kind: 'narrowed', message: 'it must be there now' })
  }
  compareRests(restBefore, restAfter, at, walk)
}

function compareRests(before: unknown, after: unknown, at: string, walk: Walk): void {
  const where = `${at}.*`
  if (before === false && after === true) {
    walk.report({ kind: 'widened', at: where, breaking: false, message: 'other fields will do, too' })
  } else if (before === true && after === false) {
    walk.tell(where, { kind: 'narrowed', message: 'other fields will not do any more' })
  } else {
    walk.compare(asSchema(before), asSchema(after), where)
  }
}

const requiredIn = (schema: Keywords): ReadonlySet<string> =>
  new Set(listIn(schema, 'required').filter((name) => typeof name === 'string'))

/** What fields may be that are not named; a schema that says nothing is the same as `true`. */
function restOf(schema: Keywords): unknown {
  const rest = keyword(schema, 'additionalProperties')
  return isKeywords(rest) && Object.keys(rest).length > 0 ? rest : rest !== false
}

const typedRest = (rest: unknown): unknown => (isKeywords(rest) ? rest : undefined)
