import { RpcError } from '@kumquat/core'
import { describeUrl, isLoopback, isOnThisMachine } from '@kumquat/registry'

export interface RefuseLoopbackOptions {
  /** What the provider would advertise, without port. */
  readonly host: string
  /** A URL; of an open store nobody knows where it stands, and it is not judged. */
  readonly registry: unknown
  /** Whether somebody said that this is meant. */
  readonly isMeant: boolean
}

/**
 * A registry that others read must not send them to themselves: each of them has a 127.0.0.1 of its own.
 *
 * @throws RpcError `failed_precondition` on a loopback address for a registry that is not wholly on this machine.
 */
export function refuseLoopback({ host, registry, isMeant }: RefuseLoopbackOptions): void {
  if (isMeant || typeof registry !== 'string' || !isLoopback(host) || isOnThisMachine(registry)) return
  throw new RpcError(
    'failed_precondition',
    `${host} would be advertised in the registry ${describeUrl(registry)}, which other machines read, and only this machine ` +
      `can call it there; listen where others reach it, host: "0.0.0.0", or name its address, advertise: "<host>"; if all ` +
      `callers are on this machine, say advertise: "${host}" or allowLoopback: true`,
    { outcome: 'not-run' },
  )
}
