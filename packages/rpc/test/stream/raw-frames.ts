import { once } from 'node:events'
import { createServer, request } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type ProviderRecord, providerRecord } from '@kumquat/core'
import { FrameReader } from '../../src/stream/frame-reader.ts'
import { FrameWriter } from '../../src/stream/frame-writer.ts'

export interface RawFrame {
  readonly type: number
  readonly id: number
  readonly body: Buffer
}

/** One end of an upgraded connection by hand. */
export interface RawEnd extends Disposable {
  readonly socket: Socket
  readonly writer: FrameWriter
  /** What has come, in order. */
  readonly frames: RawFrame[]
  /** The next frame of this type from the `from`th on. */
  of(type: number, from?: number): Promise<RawFrame>
}

/** Asks a provider for the upgrade. */
export async function rawCaller({ host, port }: Pick<ProviderRecord, 'host' | 'port'>): Promise<RawEnd> {
  const headers = { connection: 'upgrade', upgrade: 'kumquat' }
  const sent = request({ host, port, path: '/_kumquat/stream', headers })
  sent.end()
  const [, socket] = (await once(sent, 'upgrade')) as [unknown, Socket]
  return rawEnd(socket)
}

/** A provider that says nothing of itself. */
export interface RawProvider extends Disposable {
  readonly record: ProviderRecord
  /** The first to connect. */
  readonly caller: Promise<RawEnd>
}

export async function rawProvider(): Promise<RawProvider> {
  const server = createServer()
  const caller = new Promise<RawEnd>((resolve) => {
    server.on('upgrade', (_, socket: Socket) => {
      socket.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: kumquat\r\n\r\n')
      socket.on('end', () => socket.end())
      resolve(rawEnd(socket))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    record: providerRecord({ host: '127.0.0.1', port, transports: ['stream', 'http'] }),
    caller,
    [Symbol.dispose]: () => void server.close(),
  }
}

function rawEnd(socket: Socket): RawEnd {
  const frames: RawFrame[] = []
  const reader = new FrameReader(2 ** 24, (type, id, bytes, start, end) => {
    frames.push({ type, id, body: Buffer.from(bytes.subarray(start, end)) })
  })
  socket.on('data', (chunk: Buffer) => reader.push(chunk))
  socket.on('error', () => {})
  return {
    socket,
    frames,
    writer: new FrameWriter(socket),
    async of(type, from = 0) {
      for (;;) {
        const found = frames.slice(from).find((frame) => frame.type === type)
        if (found !== undefined) return found
        await once(socket, 'data')
      }
    },
    [Symbol.dispose]: () => void socket.destroy(),
  }
}
