import type { ServiceKey, StreamKind } from '@kumquat/core'
import type { MethodDeclaration } from '../method-options.ts'
import type { StandardSchema } from '../standard-schema.ts'
import { type JsonSchema, jsonSchemaOf, plainSchema, type WrittenDown } from './json-schema.ts'

/** What is sent once, and what many times. Only `unary` so far. */
export const METHOD_KINDS = ['unary', 'server-stream', 'client-stream', 'bidi-stream'] as const

export type MethodKind = (typeof METHOD_KINDS)[number]

/** A contract as it is published: all that a client in any language must know, in JSON. See docs/reference/registry.md. */
export interface ContractDocument extends ServiceKey {
  /** The version of this format. */
  readonly schema: number
  readonly methods: Readonly<Record<string, MethodDocument>>
}

export interface MethodDocument {
  readonly kind: MethodKind
  readonly idempotent: boolean
  /** Time of a call that says nothing of it, in ms. */
  readonly timeoutMs?: number
  /** One JSON Schema for each argument, by position; absent when nothing is known of them. */
  readonly input?: readonly JsonSchema[]
  /** How many of the arguments must be there: the first so many. */
  readonly required?: number
  /** Absent when nothing is known of the reply. */
  readonly output?: JsonSchema
}

/** A document, and what it could not say: one line for each, for people. */
export interface Documented {
  readonly document: ContractDocument
  readonly gaps: readonly string[]
}

/** Writes the methods of a service down. Schemas that cannot be written leave a gap. */
export function documented(
  { app, group }: ServiceKey,
  methods: Iterable<readonly [string, MethodDeclaration]>,
): Documented {
  const gaps: string[] = []
  const entries = [...methods].map(([name, declaration]) => {
    const note = (where: string, why: string): void => void gaps.push(`${name}, ${where}: ${why}`)
    return [name, methodDocument(declaration, note)] as const
  })
  return { document: { schema: 1, app, group, methods: Object.fromEntries(entries) }, gaps }
}

/** What would be published of a contract, for `compareContracts()` and for tools. */
export function contractDocument(
  contract: ServiceKey & { readonly methods: Readonly<Record<string, MethodDeclaration>> },
): ContractDocument {
  return documented(contract, Object.entries(contract.methods)).document
}

const KIND_OF: Readonly<Record<StreamKind, MethodKind>> = {
  server: 'server-stream',
  client: 'client-stream',
  both: 'bidi-stream',
}

type Note = (where: string, why: string) => void

function methodDocument({ idempotent, timeoutMs, stream, input, output, jsonSchema }: MethodDeclaration, note: Note) {
  const inputs = jsonSchema?.input ?? input
  const reply = jsonSchema?.output ?? output
  return {
    kind: stream === undefined ? 'unary' : KIND_OF[stream],
    idempotent,
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(inputs && {
      input: inputs.map((_, at) => known(written(jsonSchema?.input?.[at], input?.[at]), `argument ${at + 1}`, note)),
      required: input === undefined ? inputs.length : 1 + input.findLastIndex(refusesAbsence),
    }),
    ...(reply && { output: known(written(jsonSchema?.output, output), 'reply', note) }),
  } satisfies MethodDocument
}

/** What was given by hand goes before what the schema says. */
function written(given: object | undefined, schema: StandardSchema | undefined): WrittenDown {
  if (given !== undefined) return plainSchema(given)
  return schema === undefined ? { missing: 'it has no schema' } : jsonSchemaOf(schema)
}

function known(result: WrittenDown, where: string, note: Note): JsonSchema {
  if ('schema' in result) return result.schema
  note(where, result.missing)
  return true
}

/** Only the schema itself can tell. One that is asynchronous is taken to refuse. */
function refusesAbsence(schema: StandardSchema): boolean {
  try {
    const result = schema['~standard'].validate(undefined)
    if (!(result instanceof Promise)) return result.issues !== undefined
    result.catch(() => {})
  } catch {
    // It has met what it did not expect.
  }
  return true
}
