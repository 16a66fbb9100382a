import type { CredentialsOptions } from './credentials.ts'

/** How a consumer speaks TLS with providers whose record has the transport `https`. */
export interface ConnectTls extends CredentialsOptions {
  /** The name that certificates of providers must have. Default: the host of the record, an address included. */
  readonly serverName?: string
  /** Whether providers without TLS are called too, while a fleet moves. Default false: nobody can talk us out of it. */
  readonly allowPlain?: boolean
}
