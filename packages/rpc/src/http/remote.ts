import type { Socket } from 'node:net'
import { certifiedNames } from '../tls/certified.ts'
import type { Remote } from '../transport.ts'

/** Who is at the other end of a socket; found out once for each connection. */
export function remoteOf(socket: Socket): Remote {
  const known = remotes.get(socket)
  if (known !== undefined) return known
  const remote: Remote = { address: socket.remoteAddress ?? '', certified: certifiedNames(socket) }
  remotes.set(socket, remote)
  return remote
}

const remotes = new WeakMap<Socket, Remote>()
