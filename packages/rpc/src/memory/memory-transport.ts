import {
  type Clock,
  type Connect,
  formatAddress,
  formatServiceKey,
  type Invocation,
  type Reply,
  RpcError,
  remainingMs,
  systemClock,
} from '@kumquat/core'
import { bodyOf } from '../http/departing.ts'
import { decodeError, encodeError } from '../http/error-body.ts'
import { encodeReply } from '../http/reply-body.ts'
import { STATUS_OF } from '../http/wire.ts'
import { notSent, refuseLate } from '../not-sent.ts'
import type { Remote, ServedCall, Transport } from '../transport.ts'
import { bounded } from '../waiting/bounded.ts'
import { MemoryListener } from './memory-listener.ts'

export interface MemoryTransportOptions {
  /** The name of the calling app. Default ''. */
  readonly caller?: string
  readonly clock?: Clock
}

/**
 * Calls between consumers and providers within one process, for tests: what crosses it is copied as JSON, errors, deadline
 * and cancellation behave as over HTTP.
 */
export function memoryTransport({ caller = '', clock = systemClock }: MemoryTransportOptions = {}): Transport {
  const listening = new Map<string, MemoryListener>()
  const connect: Connect = ({ id }) => ({
    get status() {
      const listener = listening.get(id)
      return listener === undefined || listener.isLeaving ? 'closed' : 'open'
    },
    invoke: async (invocation) => {
      const leftMs = remainingMs(invocation, clock)
      refuseLate(invocation, leftMs)
      const body = bodyOf(invocation)
      const listener = listening.get(id)
      if (listener === undefined) throw notSent(invocation, 'unavailable', `nothing listens at ${id}`)
      const gone = new AbortController()
      const { signal } = invocation
      const otherwise = (): RpcError => gaveUp(invocation, id)
      const { constraints: _, key: _key, peer: _peer, headers: arrived = {}, ...travelling } = invocation
      const arriving = { args: JSON.parse(body), signal: gone.signal, caller, arrived, remote: IN_MEMORY }
      const call: ServedCall = { ...travelling, ...arriving }
      try {
        return await bounded(crossing(listener.run(call), call), { clock, ms: leftMs, signal, otherwise })
      } catch (error) {
        gone.abort(error)
        throw error
      }
    },
    async [Symbol.asyncDispose]() {},
  })
  return {
    connect,
    async listen(options) {
      const port = options.port === 0 ? freePort(listening, options.host) : options.port
      const id = formatAddress({ host: options.host, port })
      if (listening.has(id)) {
        throw new RpcError('failed_precondition', `cannot listen on port ${port} of ${options.host}: it is in use`, {
          outcome: 'not-run',
        })
      }
      const listener = new MemoryListener(port, options, () => void listening.delete(id))
      listening.set(id, listener)
      return listener
    },
  }
}

/** What is left of a reply or an error on the other side of the wire. */
async function crossing(reply: Promise<Reply>, call: ServedCall): Promise<Reply> {
  try {
    return { value: JSON.parse(encodeReply((await reply).value, call)) }
  } catch (error) {
    const said = RpcError.is(error) ? error : new RpcError('internal', String(error), { outcome: 'ran' })
    throw decodeError({ status: STATUS_OF[said.code], text: encodeError(said, call) }, formatServiceKey(call.service))
  }
}

function gaveUp({ service, method, signal }: Invocation, id: string): RpcError {
  const where = `${formatServiceKey(service)}/${method} at ${id}`
  const [code, what] = signal?.aborted
    ? (['canceled', 'was canceled by its caller'] as const)
    : (['deadline_exceeded', 'did not answer until the deadline of the call'] as const)
  return new RpcError(code, `${where} ${what}`, { outcome: 'unknown', cause: signal?.reason })
}

function freePort(listening: ReadonlyMap<string, unknown>, host: string): number {
  let port = 1
  while (listening.has(formatAddress({ host, port }))) port++
  return port
}

const IN_MEMORY: Remote = { address: '', certified: [] }
