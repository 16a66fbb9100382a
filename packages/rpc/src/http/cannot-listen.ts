import { RpcError } from '@kumquat/core'

/** Why an address could not be bound, and what to do about it. */
export function cannotListen(host: string, port: number, cause: unknown): RpcError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `cannot listen on port ${port} of ${host}: ${REMEDIES[code] ?? 'see the cause'} (${reason})`
  return new RpcError('failed_precondition', message, { outcome: 'not-run', cause })
}

/** Why a unix socket could not be opened. */
export function cannotOpen(path: string, cause: unknown): RpcError {
  const reason = cause instanceof Error ? cause.message : String(cause)
  const message = `cannot listen on the unix socket ${path}: ${reason}; choose a folder of ours for sockets, one for each provider of this port`
  return new RpcError('failed_precondition', message, { outcome: 'not-run', cause })
}

const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'it is in use; stop the process that has it, or choose another port, 0 for any free one',
  EACCES: 'this user may not; choose a port above 1023',
  EADDRNOTAVAIL: 'this machine has no such address; choose one of its own, or 0.0.0.0 for all',
  ENOTFOUND: 'the host has no address; choose one of this machine, or 0.0.0.0 for all',
}
