import type { Server as HttpServer } from 'node:http'
import { Server as SecureServer } from 'node:tls'
import { type Clock, every, type Logger } from '@kumquat/core'
import type { CredentialsSource } from '../tls/credentials.ts'
import type { ListenTls } from '../tls/listen-tls.ts'

export interface RenewCredentialsOptions {
  readonly server: HttpServer
  readonly credentials: CredentialsSource
  readonly tls: ListenTls | undefined
  readonly clock: Clock
  readonly logger: Logger
}

/**
 * Looks at the files of a server's credentials from time to time, rather than waiting to be told: what replaces them by
 * renaming a folder, as Kubernetes does, tells no watcher. New connections get what is new; those that are open stay.
 */
export function renewCredentials({ server, credentials, tls, clock, logger }: RenewCredentialsOptions): Disposable {
  let complained = ''
  return every(clock, tls?.reloadMs ?? 10_000, () => {
    try {
      if (!credentials.reload() || !(server instanceof SecureServer)) return
      server.setSecureContext(credentials.current)
      logger.info({}, 'the certificate has changed: new connections get the new one')
      complained = ''
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      if (message !== complained) logger.warn({ error }, 'the changed certificate is of no use, the one before stays')
      complained = message
    }
  })
}
