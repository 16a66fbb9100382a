import { assertCallOptions, type CallOptions } from './call-options.ts'

const given: unique symbol = Symbol.for('@kumquat/rpc/callOptions') as never

/** Options of one call on their way to it. No argument of a method can be taken for them, nor they for one. */
export interface GivenOptions {
  readonly [given]: CallOptions
}

/**
 * Options of one call, as the last argument of it: `movies.getMovieById(42, callOptions({ timeoutMs: 500 }))`. They may be
 * kept and used again.
 *
 * @throws TypeError, RangeError naming what is wrong with them.
 */
export function callOptions(options: CallOptions): GivenOptions {
  return Object.freeze({ [given]: Object.freeze({ ...assertCallOptions(options) }), toJSON: misplaced })
}

/** What was given as the last argument; true also across duplicate copies of this package. */
export function optionsAmong(args: readonly unknown[]): CallOptions | undefined {
  const last = args[args.length - 1]
  return typeof last === 'object' && last !== null ? (last as Partial<GivenOptions>)[given] : undefined
}

/** They have come among the arguments that travel. */
function misplaced(): never {
  throw new TypeError('callOptions() must be the last argument')
}
