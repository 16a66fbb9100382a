import { formatServiceKey, type Invocation, RpcError, type RpcErrorCode } from '@kumquat/core'

/** The error of a call that was given up before a byte of it left. */
export function notSent(
  { service, method }: Invocation,
  code: RpcErrorCode,
  reason: string,
  cause?: unknown,
): RpcError {
  const message = `${formatServiceKey(service)}/${method} was not sent: ${reason}`
  return new RpcError(code, message, { outcome: 'not-run', cause })
}

/** Throws `canceled` if the caller has given up, `deadline_exceeded` if no time is left. */
export function refuseLate(invocation: Invocation, leftMs: number): void {
  const { signal } = invocation
  if (signal?.aborted) throw notSent(invocation, 'canceled', 'its caller canceled it', signal.reason)
  if (leftMs <= 0) throw notSent(invocation, 'deadline_exceeded', 'no time was left to it; allow it more')
}
