import {
  formatServiceKey,
  type Invocation,
  type Logger,
  type Reply,
  RpcError,
  type Service,
  uniqueId,
} from '@kumquat/core'
import type { MethodDeclaration } from '../contract/method.ts'
import { nearest } from '../contract/nearest.ts'
import type { Offer } from '../contract/offer.ts'

export interface DispatchOptions {
  readonly offers: readonly Offer[]
  /** Told of every error of a method that is no `RpcError`, stack included. */
  readonly logger: Logger
}

/**
 * The innermost end of a call: finds the method and runs it. What the method throws has the outcome `ran`, whatever an
 * `RpcError` that it passes on from elsewhere says: this method did run.
 */
export function dispatch({ offers, logger }: DispatchOptions): Service<Invocation, Reply> {
  const byService = new Map(offers.map((offer) => [formatServiceKey(offer.declaration.service), offer]))
  return async ({ service, method, args }) => {
    const key = formatServiceKey(service)
    const offer = byService.get(key)
    if (offer === undefined) throw unimplemented('service', key, [...byService.keys()])
    const found = offer.methods.get(method)
    if (found === undefined) throw unimplemented(`method of ${key}`, method, [...offer.methods.keys()])
    if (found.check !== undefined) refuseUnfit(found.check, `${key}/${method}`, args, logger)
    try {
      return { value: await found.run(args) }
    } catch (error) {
      throw thrownBy(`${key}/${method}`, error, offer.declaration.exposeErrors, logger)
    }
  }
}

type Check = NonNullable<MethodDeclaration['check']>

function unimplemented(what: string, asked: string, known: readonly string[]): RpcError {
  const near = nearest(asked, known)
  const hint = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`
  const listed = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '')
  const message = `no ${what} is named ${JSON.stringify(asked.slice(0, 200))} here${hint} (there is: ${listed})`
  return new RpcError('unimplemented', message, { outcome: 'not-run' })
}

function refuseUnfit(check: Check, name: string, args: readonly unknown[], logger: Logger): void {
  const verdict = verdictOf(check, name, args, logger)
  if (verdict === true) return
  throw new RpcError('invalid_argument', `${name}: ${verdict}; it was called with ${shown(args)}`, {
    outcome: 'not-run',
  })
}

/** A check that throws has met what it did not expect. */
function verdictOf(check: Check, name: string, args: readonly unknown[], logger: Logger): true | string {
  try {
    return check(...args)
  } catch (error) {
    logger.warn({ method: name, error }, `the check of ${name} threw`)
    return 'these are not arguments of this method'
  }
}

function thrownBy(name: string, error: unknown, expose: boolean, logger: Logger): RpcError {
  if (RpcError.is(error)) {
    const { code, message, retryable, retryAfterMs, details } = error
    return new RpcError(code, message, {
      outcome: 'ran',
      cause: error,
      ...(retryable !== undefined && { retryable }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(details !== undefined && { details }),
    })
  }
  const failure = uniqueId().slice(0, 8)
  logger.error({ method: name, failure, error }, `${name} threw`)
  const said = expose && error instanceof Error ? error.message : 'the reason is in the log of the provider'
  return new RpcError('unknown', `${name} threw: ${said} (failure ${failure})`, { outcome: 'ran', cause: error })
}

const shown = (args: readonly unknown[]): string => {
  const text = JSON.stringify(args)
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
