import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** A line to a server on loopback, with its bad days. */
export interface Line extends AsyncDisposable {
  readonly port: number
  /** Nothing comes through any more, and nobody is told; `newOnes`: connections made from now on do work. */
  hold(options?: { readonly newOnes?: boolean }): void
  /** Those that were held end; new ones work. */
  mend(): void
}

export async function lineTo(port: number): Promise<Line> {
  const pairs = new Set<readonly [Socket, Socket]>()
  let dead = false
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    const pair = [near, far] as const
    pairs.add(pair)
    for (const socket of pair) {
      const other = socket === near ? far : near
      socket.on('error', () => {})
      socket.on('close', () => {
        pairs.delete(pair)
        other.destroy()
      })
    }
    if (dead) return
    near.pipe(far)
    far.pipe(near)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error(`no port in ${address}`)
  const end = (): void => {
    for (const pair of [...pairs]) for (const socket of pair) socket.destroy()
  }
  return {
    port: address.port,
    hold({ newOnes = false } = {}) {
      dead = !newOnes
      for (const pair of pairs) for (const socket of pair) socket.unpipe().resume()
    },
    mend() {
      dead = false
      end()
    },
    async [Symbol.asyncDispose]() {
      server.close()
      end()
    },
  }
}
