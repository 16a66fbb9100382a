import type { CredentialsOptions } from './credentials.ts'

/** How a provider speaks TLS. Times in ms. */
export interface ListenTls extends CredentialsOptions {
  readonly cert: string
  readonly key: string
  /**
   * Whether callers must show a certificate that `ca` believes: `required` refuses the connection of who has none,
   * `optional` serves it, and `ServedCall.remote.certified` is empty then. Default `none`, nobody is asked.
   */
  readonly clientCertificate?: 'none' | 'optional' | 'required'
  /** How often the files are looked at. 100 to 86 400 000, default 10 000. */
  readonly reloadMs?: number
}

/** Throws `TypeError` where nobody could be believed. */
export function assertListenTls({ ca, clientCertificate = 'none' }: ListenTls): void {
  if (!ASKING.has(clientCertificate)) {
    const given = JSON.stringify(clientCertificate)
    throw new TypeError(`tls.clientCertificate must be "none", "optional" or "required", got ${given}`)
  }
  if (clientCertificate === 'none' || ca !== undefined) return
  throw new TypeError(
    `tls.clientCertificate is "${clientCertificate}" and tls.ca is missing: name the authority of the certificates of callers`,
  )
}

const ASKING: ReadonlySet<string> = new Set(['none', 'optional', 'required'])
