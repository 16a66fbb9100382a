// A provider process of the restarts. Arguments: the registry, the file it writes its calls into, and its keep-alive time in ms.
import { once } from 'node:events'
import { openSync, writeSync } from 'node:fs'
import { sleep, systemClock } from '@kumquat/core'
import { httpListen, implement, provider } from '@kumquat/rpc'
import { TILL } from './contract.ts'

const [registry = '', file = '', keepAliveTimeoutMs = ''] = process.argv.slice(2)
const log = openSync(file, 'a')
/** Written before anything else, and by the time this returns: what has run stands there, however the process ends. */
const serve = async (id: number): Promise<number> => {
  writeSync(log, `${id}\n`)
  await sleep(systemClock, durationMs(id))
  return id
}
process.send?.('loaded')
const [port] = (await once(process, 'message')) as [number]
await provider({
  registry,
  port,
  services: [implement(TILL, { sell: serve, price: serve })],
  listen: httpListen({ keepAliveTimeoutMs: Number(keepAliveTimeoutMs) }),
})
process.send?.('serving')
// Stays until a signal, or until its parent is gone.
await once(process, 'disconnect')
process.exit(1)

/** Most take no time, some a little, and one in a hundred as long as it takes to be caught by a restart. */
function durationMs(id: number): number {
  return id % 100 === 0 ? 400 : id % 20
}
