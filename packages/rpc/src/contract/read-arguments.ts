import { type Issue, issuesFrom } from './issue.ts'
import type { SchemaResult, StandardSchema } from './standard-schema.ts'

/** What a method gets, or why it gets nothing. */
export type ArgumentsRead = { readonly args: readonly unknown[] } | { readonly issues: readonly Issue[] }

/**
 * Lets each schema make of its argument what it will. A promise only if one of the schemas is asynchronous. JSON has no
 * `undefined`, so that an argument left out before another arrives as `null`: where `null` does not fit it is taken as absent.
 */
export function readArguments(
  schemas: readonly StandardSchema[],
  args: readonly unknown[],
): ArgumentsRead | Promise<ArgumentsRead> {
  if (args.length > schemas.length) return { issues: [tooMany(schemas.length, args.length)] }
  const results = schemas.map((schema, at) => resultOf(schema, args[at]))
  const isReady = (result: (typeof results)[number]): result is Result => !(result instanceof Promise)
  if (results.every(isReady)) return joined(results, args.length)
  return Promise.all(results).then((settled) => joined(settled, args.length))
}

type Result = SchemaResult<unknown>

function resultOf(schema: StandardSchema, value: unknown): Result | Promise<Result> {
  const ask = schema['~standard'].validate
  const result = ask(value)
  if (value !== null) return result
  if (result instanceof Promise) return result.then((settled) => elseAbsent(settled))
  return elseAbsent(result)

  function elseAbsent(ofNull: Result): Result | Promise<Result> {
    if (ofNull.issues === undefined) return ofNull
    const ofAbsent = ask(undefined)
    const better = (settled: Result): Result => (settled.issues === undefined ? settled : ofNull)
    return ofAbsent instanceof Promise ? ofAbsent.then(better) : better(ofAbsent)
  }
}

function joined(results: readonly Result[], given: number): ArgumentsRead {
  const many = results.length > 1
  const issues = results.flatMap((result, at) =>
    result.issues === undefined ? [] : issuesFrom(result.issues, many ? at : undefined),
  )
  if (results.some((result) => result.issues !== undefined)) return { issues }
  const args = results.map((result) => (result.issues === undefined ? result.value : undefined))
  // What was left out and is not made up by its schema stays left out.
  while (args.length > given && args.at(-1) === undefined) args.pop()
  return { args }
}

const tooMany = (taken: number, given: number): Issue => ({
  path: [],
  message: `it takes ${taken === 1 ? 'one argument' : `${taken} arguments`} at most, not ${given}`,
})
