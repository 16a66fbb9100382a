import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

/** What routes and reads requests: Fastify, our own instance of it or a part of the user's. */
export type App = FastifyInstance
export type AppRequest = FastifyRequest
export type AppReply = FastifyReply
export type AppError = FastifyError

export interface AppOptions {
  readonly maxBodyBytes: number
  /** Answers what is wrong with a request before it has a route. */
  readonly refuse: (error: AppError, request: AppRequest, reply: AppReply) => void
  /** Makes the server that it listens with. Default: one that never listens. */
  readonly server?: (handle: (request: IncomingMessage, response: ServerResponse) => void) => HttpServer
}

/** An instance of our own. It says nothing by itself: answers and log lines are ours. */
export function app({ maxBodyBytes, refuse, server }: AppOptions): App {
  return fastify<HttpServer>({
    bodyLimit: maxBodyBytes,
    return503OnClosing: false,
    genReqId: () => '',
    frameworkErrors: refuse,
    // Answered by the server, see `httpServer`; in a foreign one by its owner.
    clientErrorHandler: () => {},
    ...(server && { serverFactory: (handler) => server(handler) }),
  })
}
