import { RpcError, type StreamKind } from '@kumquat/core'
import { encodeError } from '../http/error-body.ts'
import { FrameType, MORE } from './frame.ts'
import { IdTable } from './id-table.ts'
import { type ReadRequest, RequestKind } from './request-frame.ts'
import { ServedStream, type ServedStreamParts } from './served-stream.ts'
import { readCredit } from './stream-prelude.ts'

export interface ServedStreamsParts extends Pick<ServedStreamParts, 'shared' | 'session' | 'writer'> {
  /** One has ended. */
  readonly ended: () => void
}

/** The streams of a session, beside its calls. */
export class ServedStreams {
  readonly #parts: ServedStreamsParts
  readonly #running = new IdTable<ServedStream>()

  constructor(parts: ServedStreamsParts) {
    this.#parts = parts
  }

  get size(): number {
    return this.#running.size
  }

  has(id: number): boolean {
    return this.#running.get(id) !== undefined
  }

  /** Throws `RangeError` on a request that is cut short. `isCut`: only the first part of it is there, for it is too large. */
  request(id: number, head: ReadRequest, bytes: Buffer, end: number, isCut: boolean): void {
    const { shared, session, writer } = this.#parts
    const kind = KINDS[head.kind]
    if (kind === undefined) {
      writer.text(FrameType.error, id, encodeError(unknownKind(head.kind), undefined))
      return
    }
    const read = readCredit(bytes, head.body, end)
    if (read === undefined) throw new RangeError(`request ${id} for a stream is malformed`)
    const { credit, body } = read
    const ended = (): void => {
      this.#running.take(id)
      this.#parts.ended()
    }
    const stream = new ServedStream({ shared, session, writer, id, head, kind, ended })
    this.#running.add(id, stream)
    if (isCut || end - body > shared.maxRequestBytes) stream.run(undefined, credit)
    else
      stream.run(session.binary === undefined ? bytes.toString('utf8', body, end) : bytes.subarray(body, end), credit)
  }

  /** A frame from the caller that is neither a request nor about the connection. */
  take(typed: number, id: number, bytes: Buffer, start: number, end: number): void {
    const stream = this.#running.get(id)
    if (stream === undefined) return
    switch (typed & ~MORE) {
      case FrameType.item:
        stream.item(typed === FrameType.item, bytes, start, end)
        return
      case FrameType.credit:
        if (end - start >= 4) stream.credit(bytes.readUInt32BE(start))
        return
      case FrameType.end:
        stream.endInput()
        return
      case FrameType.cancel:
        stream.cancel()
    }
  }

  /** Nobody is there any more. */
  cancelAll(): void {
    for (const stream of this.#running.takeAll()) stream.cancel()
  }
}

const KINDS: readonly (StreamKind | undefined)[] = [undefined, 'server', 'client', 'both']

const unknownKind = (kind: number): RpcError =>
  new RpcError('unimplemented', `a request of kind ${kind} is not known: from 0 to ${RequestKind.both} are`, {
    outcome: 'not-run',
  })
