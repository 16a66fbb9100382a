// A consumer that calls until the first call succeeds. Arguments: the URL of the registry, the folder of its snapshots.
import { silent, sleep, systemClock } from '@kumquat/core'
import { consumer } from '@kumquat/rpc'
import { ECHO } from '../processes/echo.ts'

const [registry = '', snapshot = ''] = process.argv.slice(2)
process.on('disconnect', () => process.exit())
const startedAt = systemClock.now()
const consuming = await consumer({ registry, snapshot, logger: silent })
const client = consuming.client(ECHO)
for (let failed = 0; ; failed += 1) {
  try {
    await client.echo(1)
    process.send?.({ failed, firstMs: systemClock.now() - startedAt })
    break
  } catch {
    await sleep(systemClock, 20)
  }
}
