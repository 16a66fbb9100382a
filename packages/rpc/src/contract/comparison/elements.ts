import { asSchema, keyword, listIn } from './keywords.ts'
import type { Pair, Walk } from './walk.ts'

/** By the elements of arrays: those that have a schema of their own by position, then all others. */
export function compareElements({ before, after, at }: Pair, walk: Walk): void {
  const [were, are] = [listIn(before, 'prefixItems'), listIn(after, 'prefixItems')]
  const [restBefore, restAfter] = [asSchema(keyword(before, 'items')), asSchema(keyword(after, 'items'))]
  for (let i = 0; i < Math.max(were.length, are.length); i++) {
    const was = i < were.length ? asSchema(were[i]) : restBefore
    const is = i < are.length ? asSchema(are[i]) : restAfter
    walk.compare(was, is, `${at}[${i}]`)
  }
  walk.compare(restBefore, restAfter, `${at}[]`)
}
