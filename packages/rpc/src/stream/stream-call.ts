import { formatServiceKey, RpcError, type StreamInvocation } from '@kumquat/core'
import { type BinaryEncoding, MAX_VALUE_DEPTH } from '../encoding/value-encoding.ts'
import { bodyOf, packedBodyOf } from '../http/departing.ts'
import { decodeError } from '../http/error-body.ts'
import { inputFailed, windowBroken } from '../streaming/endings.ts'
import { packedItem, sentItem } from '../streaming/sent-item.ts'
import { preludeOf } from './departing-request.ts'
import { FrameType } from './frame.ts'
import type { FrameWriter } from './frame-writer.ts'
import { ItemReceiver } from './item-receiver.ts'
import { ItemSender } from './item-sender.ts'
import { RequestKind } from './request-frame.ts'
import { StreamPrelude } from './stream-prelude.ts'

/** What a stream needs of the line it goes over. */
export interface StreamCallLine {
  readonly peer: string
  readonly writer: FrameWriter
  readonly binary: BinaryEncoding | undefined
  readonly windowBytes: number
  readonly maxItemBytes: number
  /** Makes place for it, and returns its id. Throws what keeps it from being sent. */
  enter(call: StreamCall): number
  /** It is over; the provider is told where that does not know yet. */
  leave(id: number, isTold: boolean): void
}

/** A stream as its consumer has it: sent with the first item that is asked for, over with the last, and in the middle if nobody reads on. */
export class StreamCall implements AsyncIterator<unknown> {
  readonly #call: StreamInvocation
  readonly #line: StreamCallLine
  readonly #leftMs: number
  readonly #received: ItemReceiver
  #sent: ItemSender | undefined
  #id = 0
  #number = 0
  #state: 'new' | 'open' | 'over' = 'new'

  constructor(call: StreamInvocation, leftMs: number, line: StreamCallLine) {
    this.#call = call
    this.#leftMs = leftMs
    this.#line = line
    const { binary, windowBytes, maxItemBytes, writer } = line
    const receiving = {
      ...{ binary, windowBytes, maxItemBytes },
      decode: (item: string | Uint8Array) => this.#read(item),
      grant: (bytes: number) => writer.number(FrameType.credit, this.#id, bytes),
      left: () => this.#giveUp(),
      broke: (limit: 'item' | 'window') => this.#refuse(limit),
    }
    this.#received = new ItemReceiver(receiving, this.#firstCredit)
  }

  get where(): string {
    const { service, method } = this.#call
    return `${formatServiceKey(service)}/${method} at ${this.#line.peer}`
  }

  /** Among the texts of its line. */
  get number(): number {
    return this.#number
  }

  async next(): Promise<IteratorResult<unknown>> {
    if (this.#state === 'new') this.#send()
    return await this.#received.next()
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    if (this.#state === 'new') this.#state = 'over'
    return await this.#received.return()
  }

  item(isLast: boolean, bytes: Buffer, start: number, end: number): void {
    this.#received.take(isLast, bytes, start, end)
  }

  reply(bytes: Buffer, start: number, end: number): void {
    if (this.#call.stream === 'client') this.#received.only(bytes, start, end)
    else
      this.#received.fail(
        new RpcError('internal', `${this.where} answered what is no stream: see that it is one there`),
      )
    this.#end()
  }

  /** The last item has come. */
  end(): void {
    if (this.#call.stream === 'client')
      this.#received.fail(new RpcError('internal', `${this.where} ended without a reply`))
    else this.#received.end()
    this.#end()
  }

  fail(error: unknown): void {
    this.#received.fail(error)
    this.#end()
  }

  failWith(text: string): void {
    this.fail(decodeError({ status: 500, text }, this.where))
  }

  credit(bytes: number): void {
    this.#sent?.credit(bytes)
  }

  /** The provider reads no more of what is sent. */
  stopInput(): void {
    this.#sent?.stop()
  }

  get #firstCredit(): number {
    return this.#call.stream === 'client' ? 0 : this.#line.windowBytes
  }

  #send(): void {
    const call = this.#call
    const { writer, binary } = this.#line
    try {
      const body = binary === undefined ? bodyOf(call) : packedBodyOf(call, binary)
      const request = preludeOf(call, this.#leftMs, RequestKind[call.stream])
      this.#id = this.#line.enter(this)
      writer.put(FrameType.request, this.#id, body, new StreamPrelude(request, this.#firstCredit))
      this.#number = writer.texts
    } catch (error) {
      this.#state = 'over'
      this.#received.fail(error)
      return
    }
    this.#state = 'open'
    if (call.input !== undefined) this.#sent = this.#sender(call.input)
  }

  #sender(items: AsyncIterable<unknown>): ItemSender {
    const { writer, binary } = this.#line
    const call = this.#call
    return new ItemSender({
      ...{ writer, id: this.#id, items },
      encode: (item) => (binary === undefined ? sentItem(item, call) : packedItem(item, call, binary)),
      ended: () => writer.number(FrameType.end, this.#id),
      failed: (cause) => this.#break(inputFailed(call, cause)),
    })
  }

  #read(item: string | Uint8Array): unknown {
    try {
      if (typeof item === 'string') return JSON.parse(item)
      return this.#line.binary!.decode(item, MAX_VALUE_DEPTH)
    } catch (cause) {
      const shown = typeof item === 'string' ? item.slice(0, 100) : Buffer.from(item.subarray(0, 100)).toString('hex')
      const what = this.#line.binary?.name ?? 'JSON'
      throw new RpcError('internal', `${this.where} sent an item that is not ${what} as we take it: ${shown}`, {
        cause,
      })
    }
  }

  #refuse(limit: 'item' | 'window'): void {
    const { maxItemBytes, windowBytes } = this.#line
    if (limit === 'window') {
      this.#break(windowBroken(this.#call, windowBytes))
      return
    }
    const message = `${this.where} sent an item above ${maxItemBytes} bytes; send smaller ones, or raise maxItemBytes`
    this.#break(new RpcError('resource_exhausted', message))
  }

  /** We end it in the middle. What has come is still given out. */
  #break(error: RpcError): void {
    this.#received.fail(error)
    this.#giveUp()
  }

  #giveUp(): void {
    this.#end(false)
  }

  #end(isTold = true): void {
    if (this.#state !== 'open') return
    this.#state = 'over'
    this.#line.leave(this.#id, isTold)
    this.#sent?.stop()
  }
}
