// A process that opens a registry, holds one entry, says so, and stays. Run by `startHolder`.
import { open } from '@kumquat/registry'

const [url = '', path = '', value = ''] = process.argv.slice(2)
const store = await open(url)
await store.hold(path, value)
process.stdin.resume().on('end', () => void store[Symbol.asyncDispose]())
console.log('held')
