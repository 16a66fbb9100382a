import type { ContractDocument, MethodDocument } from '../published/contract-document.ts'
import type { JsonSchema } from '../published/json-schema.ts'
import { compareSchemas } from './compare-schemas.ts'
import type { ContractChange } from './contract-change.ts'
import type { SchemaChange } from './walk.ts'

/**
 * What is different between two contracts of a service, and whether it breaks callers of the one before. What cannot be decided
 * counts as breaking. The name of the service is not looked at. Safe with what `readContract()` and `parseContract()` give.
 */
export function compareContracts(before: ContractDocument, after: ContractDocument): readonly ContractChange[] {
  const names = new Set([...Object.keys(before.methods), ...Object.keys(after.methods)])
  return [...names].sort().flatMap((method) => {
    const [was, is] = [before, after].map(({ methods }) =>
      Object.hasOwn(methods, method) ? methods[method] : undefined,
    )
    return methodChanges(was, is).map((change) => ({ method, ...change }))
  })
}

function methodChanges(before?: MethodDocument, after?: MethodDocument): readonly SchemaChange[] {
  if (before === undefined) return [{ kind: 'added', at: '', breaking: false, message: 'the method is new' }]
  if (after === undefined) return [{ kind: 'removed', at: '', breaking: true, message: 'the method is gone' }]
  if (before.kind !== after.kind) return [changed('kind', true, `it was ${before.kind} and is ${after.kind}`)]
  return [...factChanges(before, after), ...argumentChanges(before, after), ...replyChanges(before, after)]
}

function factChanges(before: MethodDocument, after: MethodDocument): readonly SchemaChange[] {
  const changes: SchemaChange[] = []
  if (before.idempotent && !after.idempotent)
    changes.push(changed('idempotent', true, 'callers repeat it, and a second execution may do harm now'))
  if (!before.idempotent && after.idempotent) changes.push(changed('idempotent', false, 'it may be repeated now'))
  if (before.timeoutMs !== after.timeoutMs) {
    const [was, is] = [before, after].map(({ timeoutMs }) =>
      timeoutMs === undefined ? 'that of the caller' : `${timeoutMs} ms`,
    )
    changes.push(changed('timeoutMs', false, `its time was ${was} and is ${is}`))
  }
  return changes
}

function argumentChanges(before: MethodDocument, after: MethodDocument): readonly SchemaChange[] {
  const [were, are] = [before.input, after.input]
  if (were === undefined && are === undefined) return []
  if (were === undefined || are === undefined) return [changed('input', true, UNKNOWN)]
  const { required: mustBefore = were.length } = before
  const { required: mustAfter = are.length } = after
  return Array.from({ length: Math.max(were.length, are.length) }, (_, at): readonly SchemaChange[] => {
    const where = `input[${at}]`
    if (at >= are.length) return [{ kind: 'removed', at: where, breaking: true, message: 'the argument is gone' }]
    const [must, mustNow] = [at < mustBefore, at < mustAfter]
    if (at >= were.length && !mustNow)
      return [{ kind: 'added', at: where, breaking: false, message: 'the argument is new' }]
    const need = narrowed(where, 'the argument must be given now')
    if (at >= were.length) return [need]
    return [
      ...schemaChanges('input', were[at]!, are[at]!, where),
      ...(mustNow && !must ? [need] : []),
      ...(must && !mustNow
        ? [{ kind: 'widened', at: where, breaking: false, message: 'the argument may be left out now' } as const]
        : []),
    ]
  }).flat()
}

function replyChanges(
  { output: before = true }: MethodDocument,
  { output: after = true }: MethodDocument,
): readonly SchemaChange[] {
  return schemaChanges('output', before, after, 'output')
}

/** For a whole value `true` says that nothing is known of it. */
function schemaChanges(
  side: 'input' | 'output',
  before: JsonSchema,
  after: JsonSchema,
  at: string,
): readonly SchemaChange[] {
  if ((before === true) !== (after === true)) return [changed(at, true, UNKNOWN)]
  return compareSchemas({ before, after, side, at })
}

const UNKNOWN = 'it is known in one of the contracts only, so that nobody can tell'

const changed = (at: string, breaking: boolean, message: string): SchemaChange => ({
  kind: 'changed',
  at,
  breaking,
  message,
})

const narrowed = (at: string, message: string): SchemaChange => ({ kind: 'narrowed', at, breaking: true, message })
