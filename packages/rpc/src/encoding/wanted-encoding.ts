import { type Logger, RpcError } from '@kumquat/core'
import { ENCODING } from '../http/wire.ts'
import { loadBinary } from './load-binary.ts'
import type { BinaryEncoding, ValueEncoding } from './value-encoding.ts'

/** The caller's part in agreeing on an encoding. */
export interface WantedEncoding {
  /** Ask for it. */
  readonly headers: Readonly<Record<string, string>>
  /** Resolves when it can be used. Rejects with `RpcError` `failed_precondition`, `not-run` when its package is missing. */
  loaded(): Promise<BinaryEncoding | undefined>
  /** What is to be used with a provider that answered so; nothing for JSON. Says once in the log that one does not agree. */
  agreed(loaded: BinaryEncoding | undefined, answered: unknown, peer: string): BinaryEncoding | undefined
}

/** Throws `TypeError` on an encoding that there is not. */
export function wantedEncoding(encoding: ValueEncoding, logger: Logger): WantedEncoding {
  const loading = loadBinary(encoding)
  // Whoever calls is told.
  loading?.catch(() => {})
  let hasTold = false
  return {
    headers: loading === undefined ? {} : { [ENCODING]: encoding },
    async loaded() {
      try {
        return await loading
      } catch (cause) {
        throw new RpcError('failed_precondition', (cause as Error).message, { outcome: 'not-run', cause })
      }
    },
    agreed(loaded, answered, peer) {
      if (loaded === undefined || answered === encoding) return loaded
      if (!hasTold) logger.warn({ peer, encoding }, 'a provider does not agree to the encoding: JSON is used with it')
      hasTold = true
      return undefined
    },
  }
}
