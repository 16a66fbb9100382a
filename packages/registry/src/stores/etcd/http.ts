import type { Socket } from 'node:net'
import { RpcError } from '@kumquat/core'
import type { Agent } from 'undici'

/** What proves who is who; in PEM. */
export interface EtcdTls {
  /** The authorities that may sign the servers' certificates. Default: those that Node knows. */
  readonly ca?: string
  /** Our certificate and its key, where the servers ask for one. */
  readonly cert?: string
  readonly key?: string
}

export interface HttpOptions {
  readonly tls: EtcdTls
  readonly connectTimeoutMs: number
  /** At most so many at once to one server; further requests wait. */
  readonly connections: number
}

export interface HttpAnswer {
  readonly status: number
  readonly body: AsyncIterable<Uint8Array>
}

/** POST requests by undici. None of its sockets keeps the process alive. */
export interface Http {
  post(url: URL, body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<HttpAnswer>
  /** What is under way rejects. */
  close(): Promise<void>
}

/** Rejects with `RpcError` `failed_precondition` when the package is not there. */
export async function openHttp({ tls, connectTimeoutMs, connections }: HttpOptions): Promise<Http> {
  const { Agent, buildConnector } = await load()
  const connect = buildConnector({ ...tls, timeout: connectTimeoutMs })
  const agent: Agent = new Agent({
    connections,
    pipelining: 1,
    // Time-outs are ours: undici's are coarse, and a watch is silent for long.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: (options, callback) =>
      connect(options, (error, socket) => (error ? callback(error, null) : callback(null, unheld(socket)))),
  })
  return {
    async post(url, body, headers, signal) {
      const path = url.pathname
      const answer = await agent.request({ origin: url.origin, path, method: 'POST', body, headers, signal })
      return { status: answer.statusCode, body: answer.body }
    },
    close: () => agent.destroy(),
  }
}

async function load(): Promise<typeof import('undici')> {
  try {
    return await import('undici')
  } catch (cause) {
    const message = 'etcd is spoken to by the package "undici", which could not be loaded; npm install undici@7'
    throw new RpcError('failed_precondition', message, { outcome: 'not-run', cause })
  }
}

/** undici takes hold of a socket with each request, that of a watch too, which has no end. */
function unheld<S extends Socket>(socket: S): S {
  socket.unref()
  socket.ref = () => socket
  return socket
}
