import { type Clock, formatServiceKey, type Logger, RpcError } from '@kumquat/core'
import type { ServedCall } from '../transport.ts'

/** Refuses a call whose caller is not proven: `reason` goes into the log, and nothing of it to the caller. */
export type Unproven = (call: ServedCall, reason: string) => RpcError

/** At most one line a second: who floods us with bad signatures must not flood the log. */
export function unproven(logger: Logger, clock: Clock): Unproven {
  let nextAt = Number.NEGATIVE_INFINITY
  let untold = 0
  return (call, reason) => {
    const name = `${formatServiceKey(call.service)}/${call.method}`
    if (clock.now() >= nextAt) {
      const facts = { method: name, claimed: call.caller, address: call.remote.address, reason, untold }
      logger.warn(facts, `a call was refused: ${reason}`)
      nextAt = clock.now() + 1_000
      untold = 0
    } else untold++
    const message = `${name} was not run: who calls is not proven; the reason is in the log of the provider`
    return new RpcError('unauthenticated', message, { outcome: 'not-run' })
  }
}
