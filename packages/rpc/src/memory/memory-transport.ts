import { type Clock, formatAddress, isName, RpcError, systemClock } from '@kumquat/core'
import { integerIn } from '../integer-in.ts'
import type { Transport } from '../transport.ts'
import { MemoryEndpoint } from './memory-endpoint.ts'
import { MemoryListener } from './memory-listener.ts'

export interface MemoryTransportOptions {
  /** The name of the calling app. Default '', which is anonymous. */
  readonly caller?: string
  /** Greater answers are refused. Default 16 MiB. */
  readonly maxAnswerBytes?: number
  /** Greater items of streams are refused. In bytes, 1 to 1 GiB, default 8 MiB. */
  readonly maxItemBytes?: number
  readonly clock?: Clock
}

/**
 * Calls between consumers and providers within one process, for tests: what crosses it is the headers and the JSON of HTTP, so
 * limits, errors, deadline and cancellation are those of HTTP too.
 *
 * @throws TypeError on a caller that is no name, RangeError on a bad limit.
 */
export function memoryTransport({
  caller = '',
  maxAnswerBytes = 16 * 2 ** 20,
  maxItemBytes = 8 * 2 ** 20,
  clock = systemClock,
}: MemoryTransportOptions = {}): Transport {
  if (caller !== '' && !isName(caller)) {
    throw new TypeError(
      `caller ${JSON.stringify(caller)} is not a name such as "web": letters, digits, ".", "_" and "-"`,
    )
  }
  integerIn('maxItemBytes', maxItemBytes, 1, 2 ** 30)
  const line = { caller, maxAnswerBytes, maxItemBytes, clock }
  const listening = new Map<string, MemoryListener>()
  return {
    connect: ({ id }) => new MemoryEndpoint({ id, ...line, listener: () => listening.get(id) }),
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

function freePort(listening: ReadonlyMap<string, unknown>, host: string): number {
  let port = 1
  while (listening.has(formatAddress({ host, port }))) port++
  return port
}
