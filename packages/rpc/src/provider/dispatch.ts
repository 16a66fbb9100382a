import { type Invocation, type Logger, type Reply, RpcError, type Service } from '@kumquat/core'
import type { Offer } from '../contract/offer.ts'
import { admit } from './admission.ts'
import { type Found, finder } from './finder.ts'
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
  const replied = ({ method, name }: Found, value: unknown): Reply | Promise<Reply> => {
    if (typeof value === 'object' && value !== null && Symbol.asyncIterator in value) throw undeclared(name)
    if (!validateReplies || method.output === undefined) return { value }
    return assertReply(value, { schema: method.output, name, logger }).then(() => ({ value }))
  }
  const run = (found: Found, args: readonly unknown[]): Promise<Reply> => {
    let running: unknown
    let isReady: boolean
    try {
      running = found.method.run(args)
      isReady = !isThenable(running)
    } catch (error) {
      return Promise.reject(thrownBy(found, error, logger))
    }
    if (isReady) return Promise.resolve(replied(found, running))
    return Promise.resolve(running).then(
      (value) => replied(found, value),
      (error: unknown) => {
        throw thrownBy(found, error, logger)
      },
    )
  }
  return (call) => {
    try {
      const found = find(call)
      const admitted = admit({ method: found.method, name: found.name, args: call.args, logger })
      // Almost always there already: a turn of the event loop costs more than the check.
      return admitted instanceof Promise ? admitted.then((args) => run(found, args)) : run(found, admitted)
    } catch (error) {
      return Promise.reject(error)
    }
  }
}

const isThenable = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

function undeclared(name: string): RpcError {
  const message = `${name} returned an AsyncIterable, and is not declared a stream: method({ stream: 'server' })`
  return new RpcError('internal', message, { outcome: 'ran' })
}
