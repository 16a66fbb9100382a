import { silent } from '@kumquat/core'
import { streamConnect, streamListen } from '@kumquat/rpc'
import { transportContract } from '../transport-contract.ts'

transportContract(
  'stream with MessagePack',
  (options) => ({
    // Many connect at once, and both ends are in this process.
    connect: streamConnect({ ...options, encoding: 'msgpack', connectTimeoutMs: 10_000, logger: silent }),
    listen: streamListen({ encoding: 'msgpack' }),
  }),
  { textBytes: 3, listBytes: 1, loneSurrogate: '\ufffd' },
)
