import type { Filter, Invocation, Reply } from '@kumquat/core'
import { currentCall } from '../context/context.ts'
import { fitting } from '../context/fitting.ts'
import { traceContextOf } from '../context/trace-context.ts'
import type { ServedCall } from '../transport.ts'
import { joinSignals } from '../waiting/join-signals.ts'

/**
 * Hands on what the call being served arrived with to the calls it makes: the earlier deadline, the attachments with the
 * lane, the trace as it is, the end when its caller leaves, and the attempt, so that a retry is not retried again further down.
 */
export function inherit(): Filter<Invocation, Reply> {
  return (next) => (invocation) => {
    const served = currentCall()
    return served === undefined ? next(invocation) : heir(next, invocation, served)
  }
}

async function heir(
  next: (invocation: Invocation) => Promise<Reply>,
  invocation: Invocation,
  served: ServedCall,
): Promise<Reply> {
  const deadline = Math.min(
    invocation.deadline ?? Number.POSITIVE_INFINITY,
    served.deadline ?? Number.POSITIVE_INFINITY,
  )
  const trace = traceContextOf(served.arrived)
  using ended = joinSignals(invocation.signal, served.signal)
  return await next({
    ...invocation,
    attachments: fitting(invocation.attachments, served.attachments),
    attempt: Math.max(invocation.attempt ?? 1, served.attempt ?? 1),
    ...(deadline < Number.POSITIVE_INFINITY && { deadline }),
    ...(trace !== undefined && { headers: { ...trace, ...invocation.headers } }),
    ...(ended.signal !== undefined && { signal: ended.signal }),
  })
}
