import type { JsonSchema } from '../published/json-schema.ts'
import type { Keywords } from './contract-change.ts'

/** A keyword of a schema itself, never one that all objects have. */
export const keyword = (schema: Keywords, name: string): unknown =>
  Object.hasOwn(schema, name) ? schema[name] : undefined

/** A keyword that holds a list; empty when it holds none. */
export function listIn(schema: Keywords, name: string): readonly unknown[] {
  const value = keyword(schema, name)
  return Array.isArray(value) ? value : []
}

/** A keyword that holds members by name; empty when it holds none. */
export function membersIn(schema: Keywords, name: string): ReadonlyMap<string, unknown> {
  const value = keyword(schema, name)
  return isKeywords(value) ? new Map(Object.entries(value)) : new Map()
}

/** A schema that stands in a schema; what is none lets everything through. */
export const asSchema = (value: unknown): JsonSchema => (typeof value === 'boolean' || isKeywords(value) ? value : true)

export const isKeywords = (value: unknown): value is Keywords =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Say nothing of which values fit, or are looked at by reference. */
const ANNOTATIONS: ReadonlySet<string> = new Set([
  ...['$schema', '$id', '$anchor', '$comment', '$defs', 'definitions'],
  ...['title', 'description', 'default', 'examples', 'deprecated', 'readOnly', 'writeOnly'],
])

/** The schema without what does not decide whether a value fits. */
export const asserting = (schema: Keywords): Keywords =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => !ANNOTATIONS.has(name)))
