import type { JsonSchema } from '../published/json-schema.ts'
import type { ContractChange, Difference, Keywords } from './contract-change.ts'

/** What callers send may not become less, what they get may not become more. */
export type Side = 'input' | 'output'

/** A change, but for the name of the method. */
export type SchemaChange = Omit<ContractChange, 'method'>

/** What the parts of a comparison need of the whole. */
export interface Walk {
  readonly side: Side
  /** The schemas of a part of the value are compared, too, later. */
  compare(before: JsonSchema, after: JsonSchema, at: string): void
  /** A difference that hurts as its kind does on this side. */
  tell(at: string, difference: Difference): void
  /** A difference that hurts as it says. */
  report(change: SchemaChange): void
}

/** Two schemas of one place, references followed. */
export interface Pair {
  readonly before: Keywords
  readonly after: Keywords
  readonly at: string
  /** As they stand in their documents. */
  readonly schemas: { readonly before: JsonSchema; readonly after: JsonSchema }
}
