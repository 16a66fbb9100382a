import type { StreamKind } from '@kumquat/core'
import { assertTimeout } from '../waiting/assert-timeout.ts'
import type { AnyMethod, InputSchemas } from './signature.ts'
import { isStandardSchema, type StandardSchema } from './standard-schema.ts'
import { assertStreamKind } from './stream-kind.ts'

/** What the author of a method says of it. */
export interface MethodOptions<F extends AnyMethod = AnyMethod> {
  /** Whether a second execution does no harm. Only then is a call repeated whose outcome is unknown. Default false. */
  readonly idempotent?: boolean
  /**
   * Looks at the arguments as they came over the wire, before the method is entered: `true`, or what is wrong with them,
   * which the caller gets as `invalid_argument`. Default: nothing is looked at.
   */
  readonly check?: (...args: Untrusted<Parameters<F>>) => true | string
  /**
   * The schema of the one argument, or a list of schemas, one for each argument: any Standard Schema. What fits none is
   * refused as `invalid_argument`; the method gets what the schemas make of the rest. Default: anything passes.
   */
  readonly input?: InputSchemas
  /** The schema of the reply, which is checked (see `validateReplies` of a provider) and never changed. Default: anything. */
  readonly output?: StandardSchema
  /** JSON Schemas for the published contract, where the schemas cannot say it themselves. */
  readonly jsonSchema?: GivenJsonSchemas
  /** Time of a call whose caller and client say nothing of it. 1 to 2 147 483 647 ms. Default: that of the consumer. */
  readonly timeoutMs?: number
  /**
   * Streams: `server` returns an `AsyncIterable`, `client` takes one as its last argument, `both` does both. `input` is then
   * of the arguments before it, `output` of each item that is returned. Default: it is a call.
   */
  readonly stream?: StreamKind
}

/** JSON Schemas (2020-12) written by hand, in the shape of `input` and `output`. */
export interface GivenJsonSchemas {
  readonly input?: object | readonly object[]
  readonly output?: object
}

/** What the framework remembers of a method. */
export interface MethodDeclaration {
  readonly idempotent: boolean
  readonly check?: (...args: unknown[]) => true | string
  readonly input?: readonly StandardSchema[]
  readonly output?: StandardSchema
  readonly jsonSchema?: { readonly input?: readonly object[]; readonly output?: object }
  readonly timeoutMs?: number
  readonly stream?: StreamKind
}

/** Checks options and fills in defaults. Throws `TypeError` or `RangeError` naming the bad value. */
export function declareMethod(options: MethodOptions): MethodDeclaration {
  const { idempotent = false, check, input, output, jsonSchema, timeoutMs, stream } = options
  if (typeof idempotent !== 'boolean')
    throw new TypeError(`idempotent must be true or false, got ${String(idempotent)}`)
  if (check !== undefined && typeof check !== 'function')
    throw new TypeError(`check must be a function of the arguments, got ${String(check)}`)
  const schemas = input === undefined ? undefined : listed(input)
  for (const [at, schema] of schemas?.entries() ?? [])
    assertSchema(Array.isArray(input) ? `input[${at}]` : 'input', schema)
  if (output !== undefined) assertSchema('output', output)
  return {
    idempotent,
    ...(check && { check: check as (...args: unknown[]) => true | string }),
    ...(schemas && { input: schemas }),
    ...(output && { output }),
    ...(jsonSchema && { jsonSchema: given(jsonSchema) }),
    ...(timeoutMs !== undefined && { timeoutMs: assertTimeout('timeoutMs', timeoutMs) }),
    ...(stream !== undefined && { stream: assertStreamKind('stream', stream) }),
  }
}

type Untrusted<Args extends readonly unknown[]> = { [I in keyof Args]: unknown }

const listed = <T>(oneOrMany: T | readonly T[]): readonly T[] =>
  Array.isArray(oneOrMany) ? [...oneOrMany] : [oneOrMany as T]

function given({ input, output }: GivenJsonSchemas): NonNullable<MethodDeclaration['jsonSchema']> {
  const inputs = input === undefined ? undefined : listed<object>(input)
  for (const schema of [...(inputs ?? []), output ?? {}]) {
    if (typeof schema === 'object' && schema !== null) continue
    throw new TypeError(`jsonSchema must hold JSON Schemas, which are objects, got ${String(schema)}`)
  }
  return { ...(inputs && { input: inputs }), ...(output && { output }) }
}

function assertSchema(what: string, candidate: unknown): void {
  if (isStandardSchema(candidate)) return
  throw new TypeError(
    `${what} must be a Standard Schema, such as z.number() of zod, got ${String(candidate)}; see docs/guides/contracts.md for others`,
  )
}
