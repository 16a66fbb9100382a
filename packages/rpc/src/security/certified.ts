import { assertName, type Clock, type Filter, type Logger, type Reply, systemClock } from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import type { ServedCall } from '../transport.ts'
import { proven } from './proven.ts'
import { unproven } from './unproven.ts'

export interface CertifiedOptions {
  /** Names in certificates, and the app that each stands for. At least one. */
  readonly names: Readonly<Record<string, string>>
  /** Learns why a call was refused; its caller does not. Default: warnings to standard error. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/**
 * Lets in calls over connections with a client certificate that holds one of these names, and puts the app that it stands
 * for in place of the claimed caller. Others are refused with `unauthenticated`, `not-run`. That the certificate is valid is
 * for the transport to see: `remote.certified` holds only names that were proven.
 *
 * @throws TypeError on no name, or an app that is no name.
 */
export function certified({
  names,
  clock = systemClock,
  logger = consoleLogger(),
}: CertifiedOptions): Filter<ServedCall, Reply> {
  const callers = new Map(Object.entries(names))
  if (callers.size === 0) throw new TypeError('names is empty: nobody could call; give at least one')
  for (const [name, caller] of callers) assertName(`caller of certificate "${name}"`, caller)
  const refused = unproven(logger, clock)
  return (next) => (call) => {
    for (const name of call.remote.certified) {
      const caller = callers.get(name)
      if (caller !== undefined) return next(proven(call, caller))
    }
    const shown = call.remote.certified.slice(0, 5).join(', ')
    const reason = shown === '' ? 'it came without a certificate' : `its certificate is of ${shown}`
    return Promise.reject(refused(call, reason))
  }
}
