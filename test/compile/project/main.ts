import { RpcError } from '@kumquat/core'
import { memory } from '@kumquat/registry'
import { callOptions, consumer, memoryTransport, provider } from '@kumquat/rpc'
import { MovieCatalog } from './service.ts'

/** Provides movies, calls them as a stranger's project would, and says what came of it. */
export async function calls(id: number): Promise<readonly string[]> {
  await using registry = memory()
  const { connect, listen } = memoryTransport()
  await using _providing = await provider({ registry, listen, services: [new MovieCatalog()], quietMs: 0 })
  await using consuming = await consumer({ registry, connect })
  const catalog = consuming.client(MovieCatalog)
  const movie = await catalog.getMovieById(id, callOptions({ timeoutMs: 5_000 }))
  // @ts-expect-error An id is a number: where types are lost on the way, this is the error.
  const refused: unknown = await catalog.getMovieById(`${id}`).catch((error: unknown) => error)
  return [movie.title, RpcError.is(refused) ? refused.code : 'not refused']
}
