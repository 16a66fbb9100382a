import { once } from 'node:events'
import { sleep, systemClock } from '@kumquat/core'
import { currentCall, method, provider, service } from '@kumquat/rpc'

/** A process that provides, for signals.test.ts to stop. Arguments: a registry, and what is special about it. */

@service({ app: 'movie', group: 'slow' })
class Slow {
  @method()
  async hold(ms: number): Promise<string> {
    process.send?.('entered')
    await sleep(systemClock, ms, currentCall()?.signal)
    return 'done'
  }
}

const [registry = '', special] = process.argv.slice(2)
const quick = { registry, quietMs: 50 }

if (special === 'own listener') {
  process.on('SIGTERM', () => process.send?.('my own listener ran'))
}
if (special === 'in vain') {
  process.send?.('starting')
  await provider({ ...quick, services: [new Slow()], registerTimeoutMs: 600_000 })
} else if (special === 'starting') {
  process.send?.('starting')
  await provider({ ...quick, services: [new Slow()] })
  process.send?.('started')
} else {
  const providers = [await provider({ ...quick, services: [new Slow()] })]
  if (special === 'two') providers.push(await provider({ ...quick, quietMs: 400, services: [new Slow()] }))
  process.send?.(providers.map(({ address }) => address))
}
// Stays until a signal, or until its parent is gone.
await once(process, 'disconnect')
process.exit(7)
