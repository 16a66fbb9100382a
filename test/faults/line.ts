import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { type Clock, systemClock } from '@kumquat/core'

/** A TCP line to a server on loopback, with switches for its bad days. */
export interface Line extends AsyncDisposable {
  readonly port: number
  /** Resets what is connected and refuses what comes, both ways, until `heal`. */
  cut(): void
  /** Swallows every byte both ways and closes nothing: nobody is told. New connections are taken, and stay silent. */
  halfOpen(): void
  /** Passes every chunk on this much later. In ms. */
  slow(delayMs: number): void
  /** A good line again. What was half open is reset, as a router does that has forgotten it. */
  heal(): void
}

type Mode = 'open' | 'cut' | 'half-open'

/** Listens on a free port of 127.0.0.1 and passes everything on to `target`. */
export async function lineTo(target: number, clock: Clock = systemClock): Promise<Line> {
  const sockets = new Set<Socket>()
  let mode: Mode = 'open'
  let delayMs = 0

  const reset = (): void => {
    for (const socket of sockets) resetNow(socket)
  }
  const pass = (from: Socket, to: Socket): void => {
    sockets.add(from)
    from.setNoDelay()
    const later = (act: () => void): void => {
      const now = (): void => {
        if (mode === 'open' && !to.destroyed) act()
      }
      if (delayMs === 0) now()
      else clock.after(delayMs, now)
    }
    from.on('data', (chunk) => later(() => void to.write(chunk)))
    from.on('end', () => later(() => void to.end()))
    from.on('error', () => later(() => resetNow(to)))
    from.on('close', () => {
      sockets.delete(from)
      later(() => void to.destroySoon())
    })
  }
  const server = createServer({ allowHalfOpen: true }, (incoming) => {
    if (mode === 'cut') return void incoming.on('error', () => {}).resetAndDestroy()
    const outgoing = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true })
    pass(incoming, outgoing)
    pass(outgoing, incoming)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`no port in ${address}`)
  return {
    port: address.port,
    cut() {
      mode = 'cut'
      reset()
    },
    halfOpen() {
      mode = 'half-open'
    },
    slow(ms) {
      delayMs = ms
    },
    heal() {
      if (mode === 'half-open') reset()
      mode = 'open'
      delayMs = 0
    },
    async [Symbol.asyncDispose]() {
      server.close()
      reset()
    },
  }
}

/** A socket that is ending cannot be reset any more: Node would wait for its handle at the end of the process, for ever. */
function resetNow(socket: Socket): void {
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
