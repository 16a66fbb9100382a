import { isAbsolute, join } from 'node:path'

/**
 * The unix socket of the provider with this port, in a folder that both ends were told of. Nothing of it comes from the
 * registry but the number: who writes there cannot point a consumer at any other socket of its machine.
 */
export const socketName = (folder: string, port: number): string => join(folder, `${port}.sock`)

/** Returns a folder for sockets. Throws `TypeError` naming one that cannot be. */
export function assertSockets(folder: string): string {
  if (isAbsolute(folder) && Buffer.byteLength(socketName(folder, 65_535)) <= MAX_PATH_BYTES) return folder
  throw new TypeError(
    `sockets ${JSON.stringify(folder)} is not an absolute path of at most ${MAX_PATH_BYTES - '/65535.sock'.length} bytes, such as "/run/shop"`,
  )
}

/** What `sun_path` holds on every system, its end included. */
const MAX_PATH_BYTES = 103
