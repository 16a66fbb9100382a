import { once } from 'node:events'
import { sleep, systemClock } from '@kumquat/core'
import { method, provider, service } from '@kumquat/rpc'

/** A process that sells, and tells its parent of each sale. Arguments: a registry and a port, 0 for any. */

@service({ app: 'shop', group: 'till' })
export class Till {
  /** Selling twice is two sales. */
  @method()
  async sell(id: number): Promise<number> {
    process.send?.({ sold: id })
    await sleep(systemClock, id % 20)
    return id
  }
}

const [registry, port] = process.argv.slice(2)
if (registry !== undefined) {
  const { address } = await provider({ registry, services: [new Till()], port: Number(port) })
  process.send?.({ address })
  await once(process, 'disconnect')
  process.exit()
}
