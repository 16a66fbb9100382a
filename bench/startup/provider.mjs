import { implement, provider, streamListen } from '@kumquat/rpc'
import { items } from './items.mjs'

const [registry] = process.argv.slice(2)
const listen = streamListen()
await provider({ registry, listen, services: [implement(items, { getItem: (id) => ({ id }) })] })
process.once('disconnect', () => process.exit(0))
process.send({})
