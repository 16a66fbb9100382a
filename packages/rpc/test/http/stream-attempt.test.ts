import { silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { streamContract } from '../stream-contract.ts'

const make = (options: Parameters<typeof httpConnect>[0]) => ({
  connect: httpConnect({ ...options, connectTimeoutMs: 10_000, logger: silent }),
  listen: httpListen(),
})

streamContract('HTTP', make, { kinds: ['server'] })
