import { begun, type Clock, formatServiceKey, type Invocation, type Invoker, type Reply, RpcError } from '@kumquat/core'
import type { Target } from '../contract/target.ts'
import { type CallOptions, mergedOptions } from './call-options.ts'
import { optionsAmong } from './given-options.ts'
import { attachmentsOf, seldomOf } from './options-of.ts'

export interface CallingParts {
  readonly target: Target
  readonly invoke: Invoker
  readonly options: CallOptions
  /** Whether each provider is called, and what each of them said is the value. Default: one is. */
  readonly each?: boolean
  /** Of a call of which neither its options nor its method say anything. */
  readonly timeoutMs: number
  /** The name of this app. Default: it has none. */
  readonly caller?: string
  readonly clock: Clock
}

/** Makes an invocation of a method and its arguments, the options among them, and the value of its reply. */
export type Calling = (method: string, args: readonly unknown[]) => Promise<unknown>

/** All that is the same for every call with these options is done here, once. Throws `TypeError` for a peer of each. */
export function calling(parts: CallingParts): Calling {
  const { target, invoke, options, timeoutMs, clock } = parts
  const { service, idempotent, timeouts } = target
  const attachments = attachmentsOf(options)
  const seldom = seldomOf(parts)
  const timeoutOf = (method: string): number => options.timeoutMs ?? timeouts?.get(method) ?? timeoutMs
  return (method, args) => {
    const given = optionsAmong(args)
    if (given !== undefined) return withGiven(parts, given, method, args)
    const invocation: Invocation = {
      service,
      method,
      args,
      attachments,
      idempotent: idempotent.has(method),
      deadline: clock.now() + timeoutOf(method),
      // Last: what is added after a spread costs more than all the rest.
      ...seldom,
    }
    return begun(invoke, invocation).then(replied)
  }
}

const replied = ({ value }: Reply): unknown => value

/** With options among its arguments. */
const withGiven = async (parts: CallingParts, given: CallOptions, method: string, args: readonly unknown[]) =>
  await callingWith(parts, given, method)(method, args.slice(0, -1))

/** What the options of one call cannot be along with those of its client is a failure of the call. */
function callingWith(parts: CallingParts, given: CallOptions, method: string): Calling {
  try {
    return calling({ ...parts, options: mergedOptions(parts.options, given) })
  } catch (cause) {
    const name = `${formatServiceKey(parts.target.service)}/${method}`
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RpcError('invalid_argument', `${name} was not called: ${reason}`, { outcome: 'not-run', cause })
  }
}
