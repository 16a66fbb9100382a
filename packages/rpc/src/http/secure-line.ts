import type { Clock, Logger, ProviderRecord } from '@kumquat/core'
import type { ConnectTls } from '../tls/connect-tls.ts'
import { CredentialsSource } from '../tls/credentials.ts'
import type { SecureLine } from './pool.ts'

/** Whether a provider is to be called in TLS. */
export const speaksTls = ({ transports = [] }: Partial<Pick<ProviderRecord, 'transports'>>): boolean =>
  transports.includes('https')

/**
 * Credentials for new connections, read again when they are ten seconds old. Throws `TypeError` on what cannot be read at the
 * start; later that is a warning, and what we had stays.
 */
export function secureLine(
  tls: ConnectTls,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
): SecureLine {
  const source = new CredentialsSource(tls)
  let readAt = clock.now()
  return {
    serverName: tls.serverName,
    credentials() {
      const now = clock.now()
      if (now - readAt < FRESH_MS) return source.current
      readAt = now
      try {
        source.reload()
      } catch (error) {
        logger.warn({ error }, 'the changed certificate is of no use, the one before stays')
      }
      return source.current
    },
  }
}

const FRESH_MS = 10_000
