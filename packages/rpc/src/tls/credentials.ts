import { createSecureContext, type SecureContextOptions } from 'node:tls'
import { pem } from './pem.ts'

/** Who one end of a TLS connection is, and whom it believes. Each text is PEM, or the path of a file of it. */
export interface CredentialsOptions {
  /** The certificate, followed by those between it and its authority. */
  readonly cert?: string
  /** The private key of `cert`. */
  readonly key?: string
  /** Opens an encrypted `key`. */
  readonly passphrase?: string
  /** The authorities whose certificates are believed, in one text. Default: those that Node trusts. */
  readonly ca?: string
  /** The oldest version spoken. Default `TLSv1.2`. */
  readonly minVersion?: 'TLSv1.2' | 'TLSv1.3'
}

/** What Node's TLS is given; a new object whenever a file has changed. */
export type Credentials = Readonly<SecureContextOptions>

/**
 * Reads credentials, and again at each call of `current`: what has changed in the files counts from the next connection on. A
 * change that makes no sense, such as a certificate whose key is still to come, is no change.
 */
export class CredentialsSource {
  readonly #options: CredentialsOptions
  #current: Credentials
  #text: string

  /** Throws `TypeError` on what cannot be read, on half a pair, and on a key of another certificate. */
  constructor(options: CredentialsOptions) {
    if ((options.cert === undefined) !== (options.key === undefined)) {
      const missing = options.cert === undefined ? 'cert' : 'key'
      throw new TypeError(`tls.${missing} is missing: a certificate and its private key come together`)
    }
    this.#options = options
    this.#current = read(options)
    this.#text = JSON.stringify(this.#current)
  }

  get current(): Credentials {
    return this.#current
  }

  /** Whether something changed. Throws `TypeError` as the constructor does, and keeps what it had. */
  reload(): boolean {
    const fresh = read(this.#options)
    const text = JSON.stringify(fresh)
    if (text === this.#text) return false
    this.#text = text
    this.#current = fresh
    return true
  }
}

function read({ cert, key, passphrase, ca, minVersion = 'TLSv1.2' }: CredentialsOptions): Credentials {
  const credentials = {
    ...(cert !== undefined && { cert: pem('cert', cert) }),
    ...(key !== undefined && { key: pem('key', key) }),
    ...(passphrase !== undefined && { passphrase }),
    ...(ca !== undefined && { ca: pem('ca', ca) }),
    minVersion,
  }
  try {
    createSecureContext(credentials)
    return credentials
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new TypeError(`tls: cert, key and ca cannot be used together: ${reason}`, { cause })
  }
}
