import { isDeeperThan } from '../../http/json-depth.ts'
import type { StandardSchema } from '../standard-schema.ts'
import { hasPrototypeKey } from './prototype-key.ts'

/** A JSON Schema (2020-12). Where it stands for a whole value, `true` says that nothing is known of that value. */
export type JsonSchema = boolean | { readonly [keyword: string]: unknown }

/** A JSON Schema, or why there is none. */
export type WrittenDown = { readonly schema: JsonSchema } | { readonly missing: string }

/** Writes down what callers send to a schema, or get from it: what crosses the wire, not what the schema makes of it. */
export function jsonSchemaOf(schema: StandardSchema): WrittenDown {
  const { jsonSchema, vendor } = schema['~standard']
  if (jsonSchema === undefined) return { missing: `schemas of ${vendor} say no JSON Schema by themselves` }
  try {
    return plainSchema(jsonSchema.input({ target: 'draft-2020-12' }))
  } catch (error) {
    return { missing: error instanceof Error ? error.message : String(error) }
  }
}

/** A JSON Schema as plain JSON, without the name of its dialect, which is always the same. */
export function plainSchema(given: object): WrittenDown {
  let text: string | undefined
  try {
    text = JSON.stringify(given)
  } catch (error) {
    return { missing: `it is no JSON: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}` }
  }
  if (text === undefined || isDeeperThan(MAX_DEPTH, text))
    return { missing: `it nests deeper than ${MAX_DEPTH} levels` }
  const { $schema: _, ...schema } = JSON.parse(text) as Record<string, unknown>
  return hasPrototypeKey(schema) ? { missing: 'it has a key "__proto__"' } : { schema }
}

/** Of one schema; the document around it takes a few more. */
const MAX_DEPTH = 56
