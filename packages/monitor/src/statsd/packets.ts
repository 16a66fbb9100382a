import { createSocket, type Socket } from 'node:dgram'
import { lookup } from 'node:dns/promises'
import { once } from 'node:events'

export interface PacketsOptions {
  /** Name or address; a name is looked up once. */
  readonly host: string
  readonly port: number
  /** Most bytes of a packet. */
  readonly maxPacketBytes: number
  /** Most bytes that may wait for the network; lines beyond are dropped and counted. */
  readonly maxBufferedBytes: number
}

/**
 * Lines to UDP packets: the socket under `statsd-client`. Packets go out when full and when flushed. The socket is
 * connected, so that a send happens at once and not after a lookup, and an absent server is at least noticed; it never
 * keeps the process alive. Nothing here throws or rejects.
 */
export class Packets {
  readonly #options: PacketsOptions
  readonly #sending = new Set<Promise<void>>()
  #lines: string[] = []
  #lineBytes = 0
  #waiting: string[] = []
  #bufferedBytes = 0
  #socket: Socket | undefined
  #opening: Promise<void> | undefined
  #closed = false
  #dropped = 0
  #errors = 0

  constructor(options: PacketsOptions) {
    this.#options = options
  }

  /** Lines given up because too many waited, or because the socket was closed. */
  get dropped(): number {
    return this.#dropped
  }

  /** Packets and connections that failed. */
  get errors(): number {
    return this.#errors
  }

  /** Whether half of the room is taken: what can wait, or be left out, should. */
  get crowded(): boolean {
    return this.#bufferedBytes > this.#options.maxBufferedBytes / 2
  }

  /** Takes one line of ASCII. */
  send(line: string): void {
    const bytes = line.length + 1
    if (this.#closed || this.#bufferedBytes + bytes > this.#options.maxBufferedBytes) {
      this.#dropped++
      return
    }
    if (this.#lineBytes + line.length > this.#options.maxPacketBytes) this.flushNow()
    this.#lines.push(line)
    this.#lineBytes += bytes
    this.#bufferedBytes += bytes
    if (this.#errors === 0) this.#needSocket()
  }

  /** Hands everything to the operating system now, if the socket stands; else it goes out once it does. */
  flushNow(): void {
    if (this.#lines.length > 0) this.#waiting.push(this.#lines.join('\n'))
    this.#lines = []
    this.#lineBytes = 0
    this.#sendWaiting()
  }

  /** Resolves when everything so far was handed over, or has failed. */
  async flush(): Promise<void> {
    this.flushNow()
    if (this.#waiting.length > 0) this.#needSocket()
    await this.#opening
    this.flushNow()
    await Promise.all(this.#sending)
  }

  /** Gives up what is still here. */
  close(): void {
    this.#closed = true
    this.#dropped += [
      ...this.#waiting.splice(0).flatMap((packet) => packet.split('\n')),
      ...this.#lines.splice(0),
    ].length
    this.#socket?.close()
    this.#socket = undefined
  }

  /** After a failure only a flush tries again, not every line. */
  #needSocket(): void {
    if (this.#socket === undefined && !this.#closed) this.#opening ??= this.#open()
  }

  async #open(): Promise<void> {
    try {
      const { address, family } = await lookup(this.#options.host)
      const socket = createSocket(family === 6 ? 'udp6' : 'udp4').unref()
      socket.connect(this.#options.port, address)
      await once(socket, 'connect')
      socket.on('error', () => this.#errors++)
      if (this.#closed) return void socket.close()
      this.#socket = socket
      this.#sendWaiting()
    } catch {
      this.#errors++
    } finally {
      this.#opening = undefined
    }
  }

  #sendWaiting(): void {
    const socket = this.#socket
    if (socket === undefined) return
    for (const packet of this.#waiting.splice(0)) this.#transmit(socket, packet)
  }

  #transmit(socket: Socket, packet: string): void {
    const sent = this.#sendOnce(socket, packet)
      // A refused connection is the answer to an earlier packet; this one was not sent at all.
      .catch((error: NodeJS.ErrnoException) =>
        error.code === 'ECONNREFUSED' ? this.#sendOnce(socket, packet) : Promise.reject(error),
      )
      .catch(() => void this.#errors++)
      .finally(() => {
        this.#bufferedBytes -= packet.length + 1
        this.#sending.delete(sent)
      })
    this.#sending.add(sent)
  }

  #sendOnce(socket: Socket, packet: string): Promise<void> {
    return new Promise((resolve, reject) => {
      socket.send(packet, (error) => (error === null ? resolve() : reject(error)))
    })
  }
}
