import { type Clock, formatServiceKey, type Live, RpcError, type SessionState } from '@kumquat/core'
import type { Registrar, Registration } from '@kumquat/registry'
import { bounded } from '../waiting/bounded.ts'
import type { Advertisement } from './presence.ts'

export interface RegisterAllOptions {
  readonly registrar: Registrar
  readonly records: readonly Advertisement[]
  /** Bound of the whole; three times this while the registry answers, but has yet to see a former holder of the address die. */
  readonly timeoutMs: number
  readonly session: Live<SessionState>
  /** The registry, for people. */
  readonly registryName: string
  /** Gives up at once, with its reason. */
  readonly signal?: AbortSignal
  readonly clock: Clock
}

/** Registers every service, or none: what was done when one fails, or succeeds too late, is undone. */
export async function registerAll(options: RegisterAllOptions): Promise<readonly Registration[]> {
  const { registrar, records, registryName } = options
  const attempts = records.map(({ service, record }) => registrar.register(service, record))
  try {
    return await inTime(Promise.all(attempts), options)
  } catch (error) {
    for (const attempt of attempts) attempt.then((made) => made[Symbol.asyncDispose]()).catch(() => {})
    if (RpcError.is(error) && error.code !== 'unavailable') throw error
    const names = records.map(({ service }) => formatServiceKey(service)).join(', ')
    const reason = error instanceof Error ? error.message : String(error)
    throw new RpcError(
      'unavailable',
      `${names} could not be registered in ${registryName}: ${reason}; see that it runs and can be reached`,
      { outcome: 'not-run', cause: error },
    )
  }
}

async function inTime<T>(work: Promise<T>, { timeoutMs, session, signal, clock }: RegisterAllOptions): Promise<T> {
  const late = new Error(`no answer within ${timeoutMs} ms`)
  const reason = (error: Error): unknown => (signal?.aborted ? signal.reason : error)
  try {
    return await bounded(work, { clock, ms: timeoutMs, signal, otherwise: () => reason(late) })
  } catch (error) {
    if (error !== late || session.current !== 'connected') throw error
    const otherwise = (): unknown => reason(new Error(`not done within ${3 * timeoutMs} ms`))
    return await bounded(work, { clock, ms: 2 * timeoutMs, signal, otherwise })
  }
}
