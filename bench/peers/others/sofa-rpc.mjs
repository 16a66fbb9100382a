import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { DEADLINE_MS, work } from '../work.mjs'

const require = createRequire(import.meta.url)
const logger = { debug() {}, info() {}, warn() {}, error() {} }
const interfaceName = 'bench.Items'

export async function serve() {
  const { RpcServer } = require('sofa-rpc-node').server
  const probe = createServer()
  await new Promise((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address()
  await new Promise((resolve) => probe.close(resolve))
  const server = new RpcServer({ logger, port })
  server.addService({ interfaceName }, { getItem: async (asked) => work(asked) })
  await server.start()
  return `127.0.0.1:${port}`
}

export async function connect(addresses) {
  const { RpcClient } = require('sofa-rpc-node').client
  const client = new RpcClient({ logger })
  const consumer = client.createConsumer({ interfaceName, serverHost: addresses.join(';') })
  await consumer.ready()
  return (asked) => consumer.invoke('getItem', [asked], { responseTimeout: DEADLINE_MS })
}
