import { type Logger, RpcError } from '@kumquat/core'
import { detailsFrom, type Issue, inWords } from '../contract/issue.ts'
import type { MethodDeclaration } from '../contract/method-options.ts'
import { readArguments } from '../contract/read-arguments.ts'
import { inWords as bytesInWords } from '../redacted.ts'

export interface AdmissionOptions {
  readonly method: MethodDeclaration
  /** `app/group/method`, for people. */
  readonly name: string
  readonly args: readonly unknown[]
  /** Told of a check or a schema that throws. */
  readonly logger: Logger
}

/**
 * The arguments as the method gets them. A promise only if one of its schemas is asynchronous. Fails with `RpcError`
 * `invalid_argument`, `not-run`, its details the issues.
 */
export function admit(options: AdmissionOptions): readonly unknown[] | Promise<readonly unknown[]> {
  const { method, args } = options
  if (method.check !== undefined) {
    const { check } = method
    const verdict = attempt(options, 'check', () => check(...args))
    if (verdict !== true) throw unfit(options, verdict)
  }
  if (method.input === undefined) return args
  const { input } = method
  const read = attempt(options, 'schema', () => readArguments(input, args))
  const taken = (made: Awaited<typeof read>): readonly unknown[] => {
    if ('args' in made) return made.args
    throw unfit(options, inWords(made.issues), made.issues)
  }
  if (!(read instanceof Promise)) return taken(read)
  return read.then(taken, (error: unknown) => {
    throw threw(options, 'schema', error)
  })
}

function attempt<T>(options: AdmissionOptions, what: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    throw threw(options, what, error)
  }
}

/** What throws has met what it did not expect. */
function threw(options: AdmissionOptions, what: string, error: unknown): RpcError {
  const { name, logger } = options
  logger.warn({ method: name, error }, `the ${what} of ${name} threw`)
  return unfit(options, 'these are not arguments of this method')
}

function unfit({ name, args }: AdmissionOptions, why: string, issues: readonly Issue[] = []): RpcError {
  return new RpcError('invalid_argument', `${name}: ${why}; it was called with ${shown(args)}`, {
    outcome: 'not-run',
    ...(issues.length > 0 && { details: detailsFrom(issues) }),
  })
}

const shown = (args: readonly unknown[]): string => {
  const text = JSON.stringify(args, (_, value: unknown) => (value instanceof Uint8Array ? bytesInWords(value) : value))
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
