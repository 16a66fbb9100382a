import { type Endpoint, type Reply, RpcError, type Status } from '@kumquat/core'

export interface ClientEndpointOptions<C> {
  readonly name: string
  /** The client of that name as of now. */
  readonly client: () => C | undefined
  readonly status: (client: C) => Status
  /** Whether an error says that the client, not the call, is at fault. */
  readonly failed: (error: unknown) => boolean
}

/** The line to a client: an invocation calls its method. A closed client is not called. Closing the line closes no client. */
export function clientEndpoint<C extends object>({ name, client, status, failed }: ClientEndpointOptions<C>): Endpoint {
  const statusNow = (own = client()): Status => (own === undefined ? 'closed' : status(own))
  return {
    async invoke({ method, args }): Promise<Reply> {
      const own = client()
      if (own === undefined || status(own) === 'closed') throw closed(name, method)
      try {
        return { value: await callOf(own, method, args) }
      } catch (error) {
        throw RpcError.is(error) ? error : new ClientError(name, method, error, failed(error))
      }
    },
    get status() {
      return statusNow()
    },
    async [Symbol.asyncDispose]() {},
  }
}

function callOf(client: object, method: string, args: readonly unknown[]): unknown {
  const called: unknown = Reflect.get(client, method)
  if (typeof called === 'function') return Reflect.apply(called, client, args)
  throw new TypeError(`it has no method ${JSON.stringify(method)}`)
}

/** What a client threw, in words that strategies and health understand. */
class ClientError extends RpcError {
  constructor(client: string, method: string, thrown: unknown, failed: boolean) {
    const message = `${method} failed at the client ${JSON.stringify(client)}: ${textOf(thrown)}`
    super('unknown', message, { outcome: failed ? 'unknown' : 'ran', cause: thrown })
  }
}

/** What the client itself threw, if that is what an error of ours goes back to; else the error. */
export function thrownBy(error: unknown): unknown {
  let origin = error
  while (RpcError.is(origin) && !(origin instanceof ClientError)) origin = origin.cause
  return origin instanceof ClientError ? origin.cause : error
}

/** What was thrown, in a few words. */
export const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown))

const closed = (name: string, method: string): RpcError =>
  new RpcError(
    'unavailable',
    `${method} was not sent: the client ${JSON.stringify(name)} is closed; see that its server runs and can be reached`,
    { outcome: 'not-run' },
  )
