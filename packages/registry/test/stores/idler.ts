// A process that opens a registry, holds and watches, and then has nothing to do any more.
import { open } from '@kumquat/registry'

const [url = ''] = process.argv.slice(2)
const store = await open(url)
await store.hold('/idle', 'x')
await store.watch('/')
console.log('idle')
