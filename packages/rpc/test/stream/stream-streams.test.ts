import { silent } from '@kumquat/core'
import { streamConnect, streamListen } from '@kumquat/rpc'
import { type Authority, authority, type Pair } from '../certificates.ts'
import { streamContract } from '../stream-contract.ts'

// Many connect at once, and both ends are in this process.
const connecting = { connectTimeoutMs: 10_000, logger: silent } as const

streamContract('the transport stream', (options) => ({
  connect: streamConnect({ ...options, ...connecting }),
  listen: streamListen(),
}))

streamContract('the transport stream, with a window of one byte', (options) => ({
  connect: streamConnect({ ...options, ...connecting, windowBytes: 1 }),
  listen: streamListen({ windowBytes: 1 }),
}))

streamContract(
  'the transport stream with MessagePack',
  (options) => ({
    connect: streamConnect({ ...options, ...connecting, encoding: 'msgpack' }),
    listen: streamListen({ encoding: 'msgpack' }),
  }),
  { textBytes: 3 },
)

describe('in TLS', () => {
  let ours: Authority
  let server: Pair
  before(async () => {
    ours = await authority()
    server = await ours.issue('feeds', 'IP:127.0.0.1')
  })
  after(() => ours[Symbol.asyncDispose]())

  streamContract('the transport stream', (options) => ({
    connect: streamConnect({ ...options, ...connecting, tls: { ca: ours.ca } }),
    listen: streamListen({ tls: server }),
  }))
})
