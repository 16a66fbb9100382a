/**
 * A validator as zod, valibot, arktype and others make them: the part of Standard Schema and Standard JSON Schema
 * (standardschema.dev, version 1) that is used here. `Input` is what callers send, `Output` what the validator makes of it.
 */
export interface StandardSchema<Input = unknown, Output = Input> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
    readonly jsonSchema?: JsonSchemaOf
  }
}

/** A value, or what is wrong with it. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }

/** One thing that is wrong, and where in the value. */
export interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Writes a validator down as JSON Schema. Either function may throw on what cannot be written. */
interface JsonSchemaOf {
  readonly input: (options: { readonly target: string }) => object
  readonly output: (options: { readonly target: string }) => object
}

/** What a caller sends to a schema. */
export type InputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['input']

/** What a schema makes of it. */
export type OutputOf<S extends StandardSchema> = NonNullable<S['~standard']['types']>['output']

/** Whether something can be asked as a Standard Schema; arktype's are functions. */
export function isStandardSchema(candidate: unknown): candidate is StandardSchema {
  if ((typeof candidate !== 'object' && typeof candidate !== 'function') || candidate === null) return false
  const face: unknown = Reflect.get(candidate, '~standard')
  return typeof face === 'object' && face !== null && 'validate' in face && typeof face.validate === 'function'
}
