import type { JsonSchema } from '../published/json-schema.ts'
import type { Keywords } from './contract-change.ts'
import { asserting, isKeywords, keyword } from './keywords.ts'

/**
 * The keywords that hold for a value: those of the schema itself and of what it refers to within its document. Undefined
 * when that cannot be found, or cannot be told apart from what stands beside the reference.
 */
export function resolved(schema: JsonSchema, root: JsonSchema): Keywords | undefined {
  let keywords = asKeywords(schema)
  for (let hops = 0; hops < MAX_HOPS; hops++) {
    const reference = keyword(keywords, '$ref')
    if (reference === undefined) return keywords
    const target = typeof reference === 'string' ? targetOf(reference, root) : undefined
    if (target === undefined) return undefined
    const { $ref: _, ...beside } = keywords
    const found = asKeywords(target)
    if (Object.keys(beside).some((name) => Object.hasOwn(found, name))) return undefined
    keywords = { ...found, ...beside }
  }
  return undefined
}

/** Nothing refers so far but in a circle. */
const MAX_HOPS = 32

const asKeywords = (schema: JsonSchema): Keywords => {
  if (typeof schema === 'boolean') return schema ? {} : { not: {} }
  return asserting(schema)
}

/** By a JSON Pointer within the document (RFC 6901). */
function targetOf(reference: string, root: JsonSchema): JsonSchema | undefined {
  if (reference === '#') return root
  if (!reference.startsWith('#/')) return undefined
  let found: unknown = root
  for (const part of reference.slice(2).split('/')) {
    const name = unescaped(part)
    if (typeof found !== 'object' || found === null || name === undefined || !Object.hasOwn(found, name))
      return undefined
    found = Reflect.get(found, name)
  }
  return typeof found === 'boolean' || isKeywords(found) ? found : undefined
}

function unescaped(part: string): string | undefined {
  try {
    return decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')
  } catch {
    return undefined
  }
}
