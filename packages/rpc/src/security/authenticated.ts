import { type KeyObject, timingSafeEqual } from 'node:crypto'
import { assertName, type Clock, type Filter, type Logger, type Reply, systemClock } from '@kumquat/core'
import { consoleLogger } from '../console-logger.ts'
import { integerIn } from '../integer-in.ts'
import type { ServedCall } from '../transport.ts'
import { proven } from './proven.ts'
import { type Secret, secretKey } from './secret-key.ts'
import { type SeenNonces, seenNonces } from './seen-nonces.ts'
import { type Credentials, parseCredentials, signatureOf } from './signature.ts'
import { unproven } from './unproven.ts'

/** A secret that callers may sign with. */
export interface CallerKey {
  /** The name that calls say of it. */
  readonly id: string
  readonly secret: Secret
  /** The apps it belongs to: nobody else may sign with it. */
  readonly callers: readonly string[]
}

export interface AuthenticatedOptions {
  /** Any of them will do, so that a new one can be given out before the old one is withdrawn. At least one. */
  readonly keys: readonly CallerKey[]
  /** How far the clock of a caller may be from ours, either way. 1 000 to 3 600 000 ms, default 60 000. */
  readonly windowMs?: number
  /** Calls of each key that are remembered, lest they be replayed. 1 000 to 10 000 000, default 100 000. */
  readonly maxNonces?: number
  /** Learns why a call was refused; its caller does not. Default: warnings to standard error. */
  readonly logger?: Logger
  readonly clock?: Clock
}

/**
 * Lets in calls that are `signed()` with a key of ours, each once, and puts their proven caller in place of the claimed one.
 * Others are refused with `unauthenticated`, `not-run`. Each call costs a SHA-256 of its arguments and an HMAC of 200 bytes.
 * When more calls come in one window than nonces are remembered the window narrows: no replay is ever let in.
 *
 * @throws TypeError on no key, one id twice, or a bad name; RangeError on a short secret or a number out of range.
 */
export function authenticated({
  keys,
  windowMs = 60_000,
  maxNonces = 100_000,
  clock = systemClock,
  logger = consoleLogger(),
}: AuthenticatedOptions): Filter<ServedCall, Reply> {
  integerIn('windowMs', windowMs, 1_000, 3_600_000)
  integerIn('maxNonces', maxNonces, 1_000, 10_000_000)
  const known = knownKeys(keys, () => seenNonces({ windowMs, max: maxNonces, clock }))
  const refused = unproven(logger, clock)
  return (next) => (call) => {
    const verdict = verify(call, known, { windowMs, now: clock.epoch() })
    if ('reason' in verdict) return Promise.reject(refused(call, verdict.reason))
    return next(proven(call, verdict.caller))
  }
}

interface KnownKey {
  readonly secret: KeyObject
  readonly callers: ReadonlySet<string>
  readonly nonces: SeenNonces
}

function knownKeys(keys: readonly CallerKey[], nonces: () => SeenNonces): ReadonlyMap<string, KnownKey> {
  if (keys.length === 0) throw new TypeError('keys is empty: nobody could call; give at least one')
  const known = new Map<string, KnownKey>()
  for (const { id, secret, callers } of keys) {
    if (known.has(assertName('key', id)))
      throw new TypeError(`key "${id}" is given twice: another secret needs another id`)
    if (callers.length === 0) throw new TypeError(`key "${id}" has no callers: name the apps that may sign with it`)
    for (const caller of callers) assertName(`caller of key "${id}"`, caller)
    known.set(id, { secret: secretKey(id, secret), callers: new Set(callers), nonces: nonces() })
  }
  return known
}

type Verdict = { readonly caller: string } | { readonly reason: string }

interface Moment {
  readonly windowMs: number
  readonly now: number
}

function verify(call: ServedCall, keys: ReadonlyMap<string, KnownKey>, { windowMs, now }: Moment): Verdict {
  const { authorization } = call.arrived
  if (authorization === undefined) return { reason: 'it is not signed' }
  const credentials = parseCredentials(authorization)
  if (credentials === undefined) return { reason: 'its authorization header is of another form' }
  const { keyId, caller, at, nonce } = credentials
  const key = keys.get(keyId)
  if (key === undefined) return { reason: `there is no key "${keyId}" here` }
  if (!isGenuine(call, credentials, key.secret)) return { reason: `its signature with key "${keyId}" is wrong` }
  if (!key.callers.has(caller)) return { reason: `key "${keyId}" is not of caller "${caller}"` }
  if (Math.abs(now - at) > windowMs) return { reason: `its time is ${now - at} ms behind ours: see the clocks` }
  if (!key.nonces.first(nonce, at)) return { reason: 'it was here before' }
  return { caller }
}

/** Compares all bytes, so that the time it takes says nothing of them. */
function isGenuine(call: ServedCall, { signature, ...stamp }: Credentials, secret: KeyObject): boolean {
  const { service, method, args } = call
  const expected = signatureOf({ service, method, argsText: JSON.stringify(args), ...stamp }, secret)
  const given = Buffer.from(signature, 'base64url')
  return given.length === expected.length && timingSafeEqual(given, expected)
}
