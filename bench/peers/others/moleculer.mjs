import { ServiceBroker } from 'moleculer'
import { DEADLINE_MS, work } from '../work.mjs'

const options = (nodeID, urls) => ({
  nodeID,
  logger: false,
  requestTimeout: DEADLINE_MS,
  transporter: { type: 'TCP', options: { udpDiscovery: false, ...(urls && { urls }), port: null } },
  registry: { strategy: 'RoundRobin', preferLocal: false },
})

export async function serve() {
  const nodeID = `server-${process.pid}`
  const broker = new ServiceBroker(options(nodeID))
  broker.createService({ name: 'items', actions: { getItem: ({ params }) => work(params) } })
  await broker.start()
  return `127.0.0.1:${broker.transit.tx.opts.port}/${nodeID}`
}

export async function connect(addresses) {
  const broker = new ServiceBroker(options(`client-${process.pid}`, addresses))
  await broker.start()
  await broker.waitForServices(['items'])
  return (asked) => broker.call('items.getItem', asked)
}
