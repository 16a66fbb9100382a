import { bareClient } from './call/bare-client.ts'
import { kumquatClient } from './call/kumquat-client.ts'
import { type Contender, compare } from './compare.ts'
import { serve } from './serve.ts'

// Calls a second of this stack over one provider, beside bare fastify + undici doing the same work in the same run.
// Servers run in processes of their own; rounds alternate, so that noise of the machine falls on both alike.

await using bareServer = await serve(new URL('./call/bare-server.ts', import.meta.url))
await using kumquatServer = await serve(new URL('./call/kumquat-server.ts', import.meta.url))
await using bare = bareClient(bareServer.answer)
await using kumquat = await kumquatClient(kumquatServer.answer)

const contenders: readonly Contender[] = [
  { name: 'bare fastify + undici', call: (id) => bare.call(id), pid: bareServer.pid },
  { name: 'kumquat', call: (id) => kumquat.call(id), pid: kumquatServer.pid },
]
await compare({ suite: 'call', against: 'bare fastify + undici', contenders, argv: process.argv.slice(2) })
