import { randomBytes } from 'node:crypto'
import { assertName, type Clock, type Filter, type Invocation, type Reply, systemClock } from '@kumquat/core'
import { bodyOf } from '../http/departing.ts'
import { type Secret, secretKey } from './secret-key.ts'
import { formatCredentials, signatureOf } from './signature.ts'

export interface SignedOptions {
  /** The name by which the provider knows the secret. */
  readonly keyId: string
  readonly secret: Secret
  /** The app that calls. Default: the `caller` of the consumer. */
  readonly caller?: string
  readonly clock?: Clock
}

/**
 * Signs each attempt with a secret that the provider shares: see `authenticated()`. Belongs into `attemptFilters`, so that
 * a further attempt is no replay of the first. The signature covers the method, the caller, the arguments, the time and a
 * nonce; not the attachments, which TLS protects.
 *
 * @throws TypeError on a `keyId` or `caller` that is no name, RangeError on a secret of less than 16 bytes.
 */
export function signed({ keyId, secret, caller, clock = systemClock }: SignedOptions): Filter<Invocation, Reply> {
  assertName('keyId', keyId)
  if (caller !== undefined) assertName('caller', caller)
  const key = secretKey(keyId, secret)
  return (next) => (invocation) => {
    const { service, method } = invocation
    const who = caller ?? invocation.caller ?? ''
    const stamp = { caller: who, at: clock.epoch(), nonce: randomBytes(16).toString('base64url') }
    const argsText = bodyOf(invocation)
    const signature = signatureOf({ service, method, argsText, ...stamp }, key).toString('base64url')
    const authorization = formatCredentials({ keyId, ...stamp, signature })
    return next({ ...invocation, headers: { ...invocation.headers, authorization } })
  }
}
