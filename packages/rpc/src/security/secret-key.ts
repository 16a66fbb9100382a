import { createSecretKey, type KeyObject } from 'node:crypto'

/** A secret as the two ends share it: text, which stands for its UTF-8 bytes, or bytes. At least 16 of them. */
export type Secret = string | Uint8Array

/** Keeps a secret where no log and no error can print it. Throws `RangeError` on one that is too short, without telling it. */
export function secretKey(keyId: string, secret: Secret): KeyObject {
  const bytes = typeof secret === 'string' ? Buffer.from(secret) : secret
  if (bytes instanceof Uint8Array && bytes.length >= LEAST_BYTES) return createSecretKey(bytes)
  const got = bytes instanceof Uint8Array ? `${bytes.length} bytes` : typeof secret
  throw new RangeError(
    `the secret of key "${keyId}" must have at least ${LEAST_BYTES} bytes, got ${got}; make one by: openssl rand -base64 32`,
  )
}

const LEAST_BYTES = 16
