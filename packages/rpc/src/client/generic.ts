import { type Clock, type Invoker, isName, parseServiceKey, RpcError, type ServiceKey } from '@kumquat/core'
import { declareService } from '../contract/service.ts'
import type { Target } from '../contract/target.ts'
import { assertCallOptions, type CallOptions } from './call-options.ts'
import { calling } from './calling.ts'

/** Of a call without types. */
export interface GenericOptions extends CallOptions {
  /** Ask only providers of this version. Default '', which is any. */
  readonly version?: string
  /** Whether a second execution does no harm, so that a call whose outcome is unknown may be repeated. Default false. */
  readonly idempotent?: boolean
}

/** Calls by names, for gateways, consoles and tests: everything may come from outside. */
export interface Generic {
  /**
   * Calls a method of a service, `app/group`. Rejects with `RpcError` `invalid_argument`, `not-run` where a name, the
   * arguments or an option will not do; else as any call.
   */
  call(
    service: string | ServiceKey,
    method: string,
    args?: readonly unknown[],
    options?: GenericOptions,
  ): Promise<unknown>
}

export interface GenericParts {
  readonly invokerOf: (target: Target) => Invoker
  readonly timeoutMs: number
  readonly caller: string
  readonly clock: Clock
}

/** Calls without a client. */
export function generic({ invokerOf, ...parts }: GenericParts): Generic {
  return {
    async call(service, method, args = [], options = {}) {
      const target = checked(service, method, args, options)
      return await calling({ ...parts, target, invoke: invokerOf(target), options })(method, args)
    },
  }
}

function checked(
  asked: string | ServiceKey,
  method: string,
  args: readonly unknown[],
  { version = '', idempotent = false, ...options }: GenericOptions,
): Target {
  try {
    const key = typeof asked === 'string' ? parseServiceKey(asked) : asked
    const { service } = declareService({ ...key, version })
    if (typeof method !== 'string' || !isName(method)) {
      throw new TypeError(`method ${JSON.stringify(method)} is not a name of letters, digits, ".", "_" and "-"`)
    }
    if (!Array.isArray(args)) throw new TypeError(`args must be an array, got ${typeof args}`)
    assertCallOptions(options)
    return { service, version, idempotent: new Set(idempotent ? [method] : []) }
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new RpcError('invalid_argument', `a generic call was not made: ${reason}`, { outcome: 'not-run', cause })
  }
}
