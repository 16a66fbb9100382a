import type { Socket } from 'node:net'

/**
 * When an answer says who gives it and how busy he is. A header costs both ends together a thirtieth of a call, and hardly
 * anything new is in these from one answer to the next: the first of each connection has them, then one in a tenth of a second.
 */
export class Introductions {
  readonly #toldAt = new WeakMap<Socket, number>()

  /** Whether the next answer on this connection is to have them: it is taken for given then. */
  due(socket: Socket, now: number): boolean {
    const toldAt = this.#toldAt.get(socket)
    if (toldAt !== undefined && now - toldAt < PERIOD_MS) return false
    this.#toldAt.set(socket, now)
    return true
  }
}

const PERIOD_MS = 100
