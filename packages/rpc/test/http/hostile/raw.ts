import { connect } from 'node:net'

/** Statuses and the whole text of what a server says to bytes, until it closes the connection. */
export interface RawAnswer {
  readonly statuses: readonly number[]
  readonly text: string
}

/** Writes bytes as they are, in parts if several, and reads until the end. */
export function raw(port: number, ...parts: readonly (string | Uint8Array)[]): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay()
    socket.on('data', (chunk) => chunks.push(chunk))
    // Whoever is refused may be cut off while it still writes.
    socket.on('error', () => {})
    socket.on('close', () => {
      const text = Buffer.concat(chunks).toString('latin1')
      resolve({ statuses: [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status)), text })
    })
    for (const part of parts) socket.write(part)
  })
}

/** A call of `echo` as bytes, with headers of one's own; closes the connection. */
export const echo = (body: string, ...headers: readonly string[]): string =>
  [
    'POST /movie/catalog/echo HTTP/1.1',
    'host: x',
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
    ...headers,
    '',
    body,
  ].join('\r\n')
