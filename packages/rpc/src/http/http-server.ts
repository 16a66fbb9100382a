import { createServer, type Server as HttpServer, type RequestListener, type ServerOptions } from 'node:http'
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https'
import type { TlsOptions } from 'node:tls'
import type { Credentials } from '../tls/credentials.ts'
import { answerUnreadable } from './answer-unreadable.ts'
import { certifiedOnly } from './certified-only.ts'
import type { ServerLimits } from './http-listen-options.ts'
import { UsualRequest } from './usual-headers.ts'

/** What a server needs to speak TLS. */
export interface SecureServerOptions {
  readonly credentials: Credentials
  readonly clientCertificate: 'none' | 'optional' | 'required'
}

/** A server that refuses in time what is too slow, too much, or no HTTP. It reads by the letter of RFC 9112. */
export function httpServer(handle: RequestListener, limits: ServerLimits, secure?: SecureServerOptions): HttpServer {
  const { headersTimeoutMs, requestTimeoutMs, keepAliveTimeoutMs, maxHeaderBytes } = limits
  const options: ServerOptions = {
    IncomingMessage: UsualRequest,
    headersTimeout: headersTimeoutMs,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    connectionsCheckingInterval: Math.min(1_000, headersTimeoutMs),
    maxHeaderSize: maxHeaderBytes,
    insecureHTTPParser: false,
    requireHostHeader: true,
  }
  const server = secure
    ? secureServer(handle, { ...options, handshakeTimeout: headersTimeoutMs }, secure)
    : createServer(options, handle)
  server.maxConnections = limits.maxConnections
  server.maxRequestsPerSocket = limits.maxRequestsPerConnection
  // Node drops headers above its count without a word, an `authorization` among them: we count ourselves, and refuse.
  server.maxHeadersCount = 0
  server.on('clientError', answerUnreadable)
  return server as HttpServer
}

function secureServer(
  handle: RequestListener,
  options: ServerOptions & TlsOptions,
  { credentials, clientCertificate }: SecureServerOptions,
): SecureServer {
  // Node would cut the connection of who has no certificate, and a caller could not know that nothing ran: we say so.
  const asking = { requestCert: clientCertificate !== 'none', rejectUnauthorized: false }
  const handling = clientCertificate === 'required' ? certifiedOnly(handle) : handle
  return createSecureServer({ ...options, ...credentials, ...asking }, handling)
}
