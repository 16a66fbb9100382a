import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { callerOf } from '../http/arrived.ts'
import { remoteOf } from '../http/remote.ts'
import type { Upgrades } from '../http/upgrades.ts'
import { ENCODING, INSTANCE } from '../http/wire.ts'
import { PROTOCOL, STREAM_PATH } from './frame.ts'
import { ServingSession, type Sessions } from './serving-session.ts'

/** Takes connections that ask to leave HTTP for our frames. Any other upgrade is answered as no upgrade at all. */
export function acceptStreams(server: Server, shared: Sessions): Upgrades {
  const sessions = new Set<ServingSession>()
  server.on('upgrade', (request: IncomingMessage, socket: Socket, early: Buffer) => {
    if (request.headers.upgrade?.toLowerCase() !== PROTOCOL || request.url !== STREAM_PATH) {
      decline(socket, '501 Not Implemented', 'unimplemented', 'this path or protocol cannot be upgraded to')
      return
    }
    if (shared.certifiedOnly && !(socket instanceof TLSSocket && socket.authorized)) {
      decline(socket, '401 Unauthorized', 'unauthenticated', 'this provider wants a certificate that it believes')
      return
    }
    socket.setNoDelay(true)
    socket.setTimeout(0)
    const binary = request.headers[ENCODING] === shared.binary?.name ? shared.binary : undefined
    const facts = [`${INSTANCE}: ${shared.exchanges.instance}`, ...(binary ? [`${ENCODING}: ${binary.name}`] : [])]
    const head = ['HTTP/1.1 101 Switching Protocols', 'connection: upgrade', `upgrade: ${PROTOCOL}`, ...facts]
    socket.write(`${head.join('\r\n')}\r\n\r\n`)
    const from = { caller: callerOf(request.headers), remote: remoteOf(socket), binary }
    const session = new ServingSession(shared, socket, from, () => sessions.delete(session))
    sessions.add(session)
    if (early.length > 0) socket.unshift(early)
  })
  return {
    leave() {
      for (const session of sessions) session.leave()
    },
    refuse() {
      for (const session of sessions) session.refuse()
    },
    destroy() {
      for (const session of sessions) session.destroy()
    },
  }
}

function decline(socket: Socket, status: string, code: string, message: string): void {
  const body = JSON.stringify({ code, message, outcome: 'not-run' })
  const head = ['content-type: application/json', `content-length: ${body.length}`, 'connection: close']
  socket.end(`HTTP/1.1 ${[status, ...head].join('\r\n')}\r\n\r\n${body}`)
}
