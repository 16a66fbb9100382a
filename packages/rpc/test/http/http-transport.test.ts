import { silent } from '@kumquat/core'
import { httpConnect, httpListen } from '@kumquat/rpc'
import { transportContract } from '../transport-contract.ts'

transportContract('HTTP', (options) => ({
  // Many connect at once, and both ends are in this process.
  connect: httpConnect({ ...options, connectTimeoutMs: 10_000, logger: silent }),
  listen: httpListen(),
}))
