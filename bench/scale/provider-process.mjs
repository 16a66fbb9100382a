import { silent } from '@kumquat/core'
import { implement, provider, streamListen } from '@kumquat/rpc'
import { work } from '../peers/work.mjs'
import { used } from './heap.mjs'
import { itemsOf } from './items.mjs'

// One provider of so many services, in a registry that nobody else sees: consumers hold records of their own that lead here,
// under any address of 127.0.0.0/8, which are all this machine.

const [services] = process.argv.slice(2)
if (process.platform !== 'linux') throw new Error('this suite needs all of 127.0.0.0/8, as Linux has it')
const { port } = await provider({
  registry: 'memory:',
  host: '0.0.0.0',
  listen: streamListen(),
  services: Array.from({ length: Number(services) }, (_, n) => implement(itemsOf(n), { getItem: work })),
  logger: silent,
})
process.on('message', async ({ ask }) => {
  process.send(ask === 'cpu' ? { cpu: process.cpuUsage() } : await used())
})
process.once('disconnect', () => process.exit(0))
process.send({ port })
