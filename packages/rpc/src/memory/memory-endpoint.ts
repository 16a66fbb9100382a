import {
  type Clock,
  type Endpoint,
  formatServiceKey,
  type Invocation,
  type Reply,
  RpcError,
  remainingMs,
  type Status,
  type StreamInvocation,
} from '@kumquat/core'
import { bodyOf, headersOf } from '../http/departing.ts'
import { decodeError } from '../http/error-body.ts'
import { notSent, refuseLate } from '../not-sent.ts'
import { onceIterable } from '../streaming/once-iterable.ts'
import { bounded } from '../waiting/bounded.ts'
import type { MemoryItems } from './memory-items.ts'
import type { MemoryAnswer, MemoryListener } from './memory-listener.ts'
import type { MemoryRequest } from './memory-request.ts'
import { MemoryStream } from './memory-stream.ts'

export interface MemoryEndpointParts {
  /** `host:port`. */
  readonly id: string
  readonly caller: string
  readonly maxAnswerBytes: number
  readonly maxItemBytes: number
  readonly clock: Clock
  /** Who listens at this address now. */
  readonly listener: () => MemoryListener | undefined
}

/** The calling end of the memory transport. */
export class MemoryEndpoint implements Endpoint {
  readonly #parts: MemoryEndpointParts
  readonly #inFlight = new Set<Promise<unknown>>()
  #isClosed = false

  constructor(parts: MemoryEndpointParts) {
    this.#parts = parts
  }

  get status(): Status {
    const listener = this.#parts.listener()
    return listener === undefined || listener.isLeaving ? 'closed' : 'open'
  }

  readonly invoke = async (invocation: Invocation): Promise<Reply> => {
    const { id, clock } = this.#parts
    const { signal } = invocation
    const { listener, leftMs, ...request } = this.#depart(invocation)
    const gone = new AbortController()
    const answering = bounded(listener.answer({ ...request, gone: gone.signal }), {
      clock,
      signal,
      otherwise: () => gaveUp(invocation, id),
      ...(leftMs < Number.POSITIVE_INFINITY && { ms: leftMs }),
    })
    this.#inFlight.add(answering)
    try {
      return this.#read(await answering, invocation)
    } catch (error) {
      gone.abort(error)
      throw error
    } finally {
      this.#inFlight.delete(answering)
    }
  }

  readonly stream = (call: StreamInvocation): AsyncIterable<unknown> => {
    const { id, maxItemBytes } = this.#parts
    const { stream, input } = call
    return onceIterable(call, () => {
      let ended = (): void => {}
      const open = (gone: AbortSignal): MemoryItems => {
        const { listener, leftMs: _, ...request } = this.#depart(call)
        const reading = new Promise<void>((resolve) => {
          ended = resolve
        }).finally(() => this.#inFlight.delete(reading))
        this.#inFlight.add(reading)
        return listener.stream({ ...request, stream, input, gone })
      }
      return new MemoryStream({ call, id, maxItemBytes, open, ended: () => ended() })
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#inFlight)
  }

  /** What leaves, and to whom. Throws what keeps it from that. */
  #depart(invocation: Invocation): Departing {
    const { id, caller, clock } = this.#parts
    const { service, method } = invocation
    const leftMs = remainingMs(invocation, clock)
    refuseLate(invocation, leftMs)
    if (this.#isClosed) {
      throw notSent(invocation, 'unavailable', `the line to ${id} is closed; ask another provider`)
    }
    const headers = recordOf(headersOf(invocation, caller, leftMs))
    const body = bodyOf(invocation)
    const listener = this.#parts.listener()
    if (listener === undefined) throw notSent(invocation, 'unavailable', `nothing listens at ${id}`)
    return { listener, leftMs, service, method, headers, body }
  }

  #read(answer: MemoryAnswer, { service, method }: Invocation): Reply {
    const { id, maxAnswerBytes } = this.#parts
    const where = `${formatServiceKey(service)}/${method} at ${id}`
    const bytes = Buffer.byteLength(answer.text)
    if (bytes > maxAnswerBytes) {
      const message = `${where} answered more than is accepted (${bytes} bytes); ask for less at a time`
      throw new RpcError('resource_exhausted', message, { outcome: 'ran' })
    }
    if (answer.status !== 200) throw decodeError(answer, where)
    return { value: JSON.parse(answer.text) }
  }
}

interface Departing extends Omit<MemoryRequest, 'gone'> {
  readonly listener: MemoryListener
  readonly leftMs: number
}

function recordOf(pairs: readonly string[]): Record<string, string> {
  const record: Record<string, string> = {}
  for (let i = 0; i < pairs.length; i += 2) record[pairs[i]!] = pairs[i + 1]!
  return record
}

function gaveUp({ service, method, signal }: Invocation, id: string): RpcError {
  const where = `${formatServiceKey(service)}/${method} at ${id}`
  const [code, what] = signal?.aborted
    ? (['canceled', 'was canceled by its caller'] as const)
    : (['deadline_exceeded', 'did not answer until the deadline of the call'] as const)
  return new RpcError(code, `${where} ${what}`, { outcome: 'unknown', cause: signal?.reason })
}
