import {
  formatServiceKey,
  type Invocation,
  type Logger,
  nearest,
  type Reply,
  RpcError,
  type Service,
  uniqueId,
} from '@kumquat/core'
import type { Offer } from '../contract/offer.ts'
import { admit } from './admission.ts'
import { assertReply } from './reply-check.ts'

export interface DispatchOptions {
  readonly offers: readonly Offer[]
  /** Told of every error of a method that is no `RpcError`, stack included. */
  readonly logger: Logger
  /** Whether replies are held against the output schemas of their methods. Default true. */
  readonly validateReplies?: boolean
}

/**
 * The innermost end of a call: finds the method and runs it. What the method throws has the outcome `ran`, whatever an
 * `RpcError` that it passes on from elsewhere says: this method did run.
 */
export function dispatch({ offers, logger, validateReplies = true }: DispatchOptions): Service<Invocation, Reply> {
  const byService = new Map(offers.map((offer) => [formatServiceKey(offer.declaration.service), offer]))
  return async ({ service, method, args }) => {
    const key = formatServiceKey(service)
    const offer = byService.get(key)
    if (offer === undefined) throw unimplemented('service', key, [...byService.keys()])
    const found = offer.methods.get(method)
    if (found === undefined) throw unimplemented(`method of ${key}`, method, [...offer.methods.keys()])
    const name = `${key}/${method}`
    const admitted = admit({ method: found, name, args, logger })
    // Almost always there already: a turn of the event loop costs more than the check.
    const own = admitted instanceof Promise ? await admitted : admitted
    let value: unknown
    try {
      value = await found.run(own)
    } catch (error) {
      throw thrownBy(name, error, offer.declaration.exposeErrors, logger)
    }
    if (validateReplies && found.output !== undefined) await assertReply(value, { schema: found.output, name, logger })
    return { value }
  }
}

function unimplemented(what: string, asked: string, known: readonly string[]): RpcError {
  const near = nearest(asked, known)
  const hint = near === undefined ? '' : `, did you mean ${JSON.stringify(near)}?`
  const listed = known.slice(0, 20).join(', ') + (known.length > 20 ? ', …' : '')
  const message = `no ${what} is named ${JSON.stringify(asked.slice(0, 200))} here${hint} (there is: ${listed})`
  return new RpcError('unimplemented', message, { outcome: 'not-run' })
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
