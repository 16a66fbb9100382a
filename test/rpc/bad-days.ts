import { createServer } from 'node:http'
import { RpcError, silent } from '@kumquat/core'
import { MemoryTree, memory } from '@kumquat/registry'
import { consumer, method, provider, service } from '@kumquat/rpc'

/**
 * A process that meets every bad day of a call once, says how each ended, and then has nothing left to do: it ends by itself
 * unless a server, a socket or a timer was left behind. See bad-days.test.ts.
 */

@service({ app: 'movie', group: 'catalog' })
class Catalog {
  @method({ idempotent: true, check: (id) => Number.isInteger(id) || 'id must be an integer' })
  getMovieById(id: number): unknown {
    return { id }
  }

  @method()
  everything(): unknown {
    return { size: 10n }
  }
}

const days: Readonly<Record<string, () => Promise<unknown>>> = {
  'a wrong registry URL, for a consumer': () => consumer({ registry: 'zoo://ann:secret@127.0.0.1', logger: silent }),
  'a wrong registry URL, for a provider': () => provide({ registry: 'zoo://ann:secret@127.0.0.1' }),
  'a registry that is down, for a provider': async () => {
    const tree = new MemoryTree()
    tree.cut()
    await using registry = memory({ tree })
    return await provide({ registry, registerTimeoutMs: 100 })
  },
  'a registry that is down, for a consumer': async () => {
    const tree = new MemoryTree()
    tree.cut()
    await using registry = memory({ tree })
    await using consuming = await consumer({ registry, logger: silent, timeoutMs: 100 })
    return await consuming.client(Catalog).getMovieById(1)
  },
  'a port in use': async () => {
    const server = createServer()
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
    })
    try {
      return await provide({ port })
    } finally {
      server.close()
    }
  },
  'two providers on one address': async () => {
    const tree = new MemoryTree()
    await using first = memory({ tree })
    await using second = memory({ tree })
    await using _ = await provide({ registry: first, advertise: '10.0.0.7:80' })
    return await provide({ registry: second, advertise: '10.0.0.7:80' })
  },
  'a service that nobody provides': () =>
    calling(async (consuming) => await consuming.client<Catalog>({ app: 'movie', group: 'rental' }).getMovieById(1)),
  'a method that does not exist': () =>
    calling(
      async (consuming) =>
        await consuming.client<{ getMovieByID(): unknown }>({ app: 'movie', group: 'catalog' }).getMovieByID(),
    ),
  'arguments of the wrong type': () =>
    calling(async (consuming) => await consuming.client(Catalog).getMovieById('seven' as never)),
  'a body too large': () =>
    calling(async (consuming) => await consuming.client(Catalog).getMovieById('x'.repeat(2 ** 21) as never)),
  'a reply that cannot be serialised': () => calling(async (consuming) => await consuming.client(Catalog).everything()),
  'a body that is not JSON': () =>
    calling(async (_, address) => {
      const headers = { 'content-type': 'application/json', connection: 'close' }
      const response = await fetch(`http://${address}/movie/catalog/getMovieById`, {
        method: 'POST',
        headers,
        body: '[42',
      })
      const { code, message, outcome } = (await response.json()) as RpcError
      throw new RpcError(code, message, { outcome })
    }),
}

for (const [day, live] of Object.entries(days)) {
  const end: unknown = await live().then(
    () => 'it went well',
    (error: unknown) => error,
  )
  const { code, outcome } = RpcError.is(end) ? end : { code: undefined, outcome: undefined }
  console.log(JSON.stringify({ day, code, outcome, message: String(end) }))
}

function provide(options: Partial<Parameters<typeof provider>[0]>) {
  return provider({ registry: 'memory:', services: [new Catalog()], logger: silent, quietMs: 1, ...options })
}

/** A consumer and a provider, while `act` runs. */
async function calling(act: (consuming: Awaited<ReturnType<typeof consumer>>, address: string) => Promise<unknown>) {
  const tree = new MemoryTree()
  await using registry = memory({ tree })
  await using serving = await provide({ registry })
  await using consuming = await consumer({ registry, logger: silent })
  return await act(consuming, serving.address)
}
