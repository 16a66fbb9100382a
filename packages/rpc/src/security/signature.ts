import { createHash, createHmac, type KeyObject } from 'node:crypto'
import { formatServiceKey, type ServiceKey } from '@kumquat/core'

/** What a signature vouches for. */
export interface Signed {
  readonly service: ServiceKey
  readonly method: string
  /** The calling app. */
  readonly caller: string
  /** The arguments as a JSON array, without whitespace. */
  readonly argsText: string
  /** Wall clock of the caller, in ms since 1970. */
  readonly at: number
  /** Makes one call differ from its replay. */
  readonly nonce: string
}

/** What the `authorization` header of a signed call says. */
export interface Credentials extends Pick<Signed, 'caller' | 'at' | 'nonce'> {
  readonly keyId: string
  /** HMAC-SHA-256, in base64url. */
  readonly signature: string
}

/** HMAC-SHA-256 (RFC 2104) over six lines: the scheme, the path, the caller, the SHA-256 of the arguments, time, nonce. */
export function signatureOf({ service, method, caller, argsText, at, nonce }: Signed, secret: KeyObject): Buffer {
  const digest = createHash('sha256').update(argsText).digest('base64url')
  const lines = [SCHEME, `/${formatServiceKey(service)}/${method}`, caller, digest, at, nonce]
  return createHmac('sha256', secret).update(lines.join('\n')).digest()
}

/** The value of the `authorization` header. */
export const formatCredentials = ({ keyId, caller, at, nonce, signature }: Credentials): string =>
  `${SCHEME} key=${keyId},caller=${caller},at=${at},nonce=${nonce},signature=${signature}`

/** Reads an `authorization` header; nothing if it is of another form. */
export function parseCredentials(header: string): Credentials | undefined {
  if (header.length > MAX_LENGTH) return undefined
  const [, keyId, caller, at, nonce, signature] = FORM.exec(header) ?? []
  if (keyId === undefined || caller === undefined || nonce === undefined || signature === undefined) return undefined
  return { keyId, caller, at: Number(at), nonce, signature }
}

const SCHEME = 'Kumquat-HMAC-SHA256'
const MAX_LENGTH = 600
const NAME = '[A-Za-z0-9][A-Za-z0-9._-]{0,127}'
const FORM = new RegExp(
  `^${SCHEME} key=(${NAME}),caller=((?:${NAME})?),at=(\\d{1,15}),nonce=([\\w-]{16,64}),signature=([\\w-]{43})$`,
)
