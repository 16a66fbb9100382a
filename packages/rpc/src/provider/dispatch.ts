import { type Invocation, type Logger, type Reply, RpcError, type Service } from '@kumquat/core'
import type { Offer } from '../contract/offer.ts'
import { admit } from './admission.ts'
import { finder } from './finder.ts'
import { assertReply } from './reply-check.ts'
import { thrownBy } from './thrown-by.ts'

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
  const find = finder(offers)
  return async (call) => {
    const found = find(call)
    const { method, name } = found
    const admitted = admit({ method, name, args: call.args, logger })
    // Almost always there already: a turn of the event loop costs more than the check.
    const own = admitted instanceof Promise ? await admitted : admitted
    let value: unknown
    try {
      value = await method.run(own)
    } catch (error) {
      throw thrownBy(found, error, logger)
    }
    if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) throw undeclared(name)
    if (validateReplies && method.output !== undefined)
      await assertReply(value, { schema: method.output, name, logger })
    return { value }
  }
}

function undeclared(name: string): RpcError {
  const message = `${name} returned an AsyncIterable, and is not declared a stream: method({ stream: 'server' })`
  return new RpcError('internal', message, { outcome: 'ran' })
}
