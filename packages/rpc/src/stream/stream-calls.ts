import type { Socket } from 'node:net'
import { RpcError, type StreamInvocation } from '@kumquat/core'
import type { BinaryEncoding } from '../encoding/value-encoding.ts'
import { CallSlots } from './call-slots.ts'
import { FrameType, MORE } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import { StreamCall, type StreamCallLine } from './stream-call.ts'

export interface StreamCallsParts {
  readonly peer: string
  readonly socket: Socket
  readonly writer: FrameWriter
  readonly binary: BinaryEncoding | undefined
  readonly windowBytes: number
  readonly maxItemBytes: number
  /** Throws what keeps a stream from being sent. */
  readonly admit: (call: StreamInvocation) => void
  /** One has ended. */
  readonly left: () => void
}

/** The streams of a line, beside its calls. Their ids begin where those of calls end. */
export class StreamCalls {
  readonly #parts: StreamCallsParts
  readonly #calls = new CallSlots<StreamCall>({ first: 2 ** 31, most: 2 ** 32 - 1 })

  constructor(parts: StreamCallsParts) {
    this.#parts = parts
  }

  /** Under way. */
  get count(): number {
    return this.#calls.count
  }

  begin(call: StreamInvocation, leftMs: number): StreamCall {
    const { peer, writer, binary, windowBytes, maxItemBytes, admit } = this.#parts
    const line: StreamCallLine = {
      ...{ peer, writer, binary, windowBytes, maxItemBytes },
      enter: (entering) => {
        admit(call)
        return this.#calls.add(entering)
      },
      leave: (id, isTold) => this.#leave(id, isTold),
    }
    return new StreamCall(call, leftMs, line)
  }

  /** A frame from the provider that is not about a call of ours without items. */
  take(typed: number, id: number, bytes: Buffer, start: number, end: number): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    switch (typed & ~MORE) {
      case FrameType.item:
        call.item(typed === FrameType.item, bytes, start, end)
        return
      case FrameType.credit:
        if (end - start >= 4) call.credit(bytes.readUInt32BE(start))
        return
      case FrameType.end:
        call.end()
        return
      case FrameType.reply:
        call.reply(bytes, start, end)
        return
      case FrameType.error:
        call.failWith(bytes.toString('utf8', start, end))
        return
      case FrameType.cancel:
        call.stopInput()
    }
  }

  /** The answer to one is above the limit of a message. */
  tooLong(id: number, limit: number): void {
    const call = this.#calls.get(id)
    const message = `${call?.where} answered more than is accepted (${limit} bytes); ask for less at a time`
    call?.fail(new RpcError('resource_exhausted', message, { outcome: 'ran' }))
  }

  /** The line has ended. */
  broke(reason: string, cause: Error | undefined): void {
    const { textsGone } = this.#parts.writer
    for (const call of this.#calls.takeAll()) {
      const outcome = call.number <= textsGone ? 'unknown' : 'not-run'
      const message = `${call.where}: the connection broke before the end of the stream (${reason})`
      call.fail(new RpcError('unavailable', message, { outcome, cause }))
    }
  }

  #leave(id: number, isTold: boolean): void {
    const { writer, socket, left } = this.#parts
    if (this.#calls.take(id) === undefined) return
    if (!isTold && !writer.drop(id) && socket.writable) writer.number(FrameType.cancel, id)
    left()
  }
}
