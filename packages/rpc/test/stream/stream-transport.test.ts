import { silent } from '@kumquat/core'
import { streamConnect, streamListen } from '@kumquat/rpc'
import { transportContract } from '../transport-contract.ts'

transportContract('stream', (options) => ({
  // Many connect at once, and both ends are in this process.
  connect: streamConnect({ ...options, connectTimeoutMs: 10_000, logger: silent }),
  listen: streamListen(),
}))
