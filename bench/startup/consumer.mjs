import { consumer, httpConnect, streamConnect } from '@kumquat/rpc'
import { items } from './items.mjs'

const [registry, transport] = process.argv.slice(2)
const calls = await consumer({ registry, connect: transport === 'stream' ? streamConnect() : httpConnect() })
await calls.client(items).getItem(42)
process.once('disconnect', () => process.exit(0))
process.send({})
