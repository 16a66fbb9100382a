import { once } from 'node:events'
import { chmod, mkdir, unlink } from 'node:fs/promises'
import type { Server as HttpServer } from 'node:http'
import { connect, createServer, type Server } from 'node:net'
import { dirname } from 'node:path'

/**
 * A second door of a server: a unix socket, for callers of the same user on this machine. Disposing closes it and takes the
 * socket away. One that nobody listens to any more is replaced. Rejects when another process listens there.
 */
export async function socketDoor(server: HttpServer, path: string): Promise<AsyncDisposable> {
  const door = createServer((socket) => server.emit('connection', socket))
  door.maxConnections = server.maxConnections
  await mkdir(dirname(path), { recursive: true })
  await listening(door, path).catch(async (error: unknown) => {
    if (codeOf(error) !== 'EADDRINUSE' || (await isAlive(path))) throw error
    await unlink(path)
    await listening(door, path)
  })
  await chmod(path, OWNER_ONLY)
  return {
    async [Symbol.asyncDispose]() {
      door.close()
      // Node takes the socket away with the door.
      if (door.listening) await once(door, 'close')
    },
  }
}

const OWNER_ONLY = 0o600

async function listening(door: Server, path: string): Promise<void> {
  door.listen({ path, backlog: 1_024 })
  await once(door, 'listening')
}

async function isAlive(path: string): Promise<boolean> {
  const socket = connect(path)
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
