// A provider process of the demo. It ends when the process that started it says so, or ends.
import { silent } from '@kumquat/core'
import { serveMovies } from '../movie/serve.ts'
import type { ProviderFacts, ProviderSaid } from './fleet.ts'
import { runAsChild } from './run-as-child.ts'

await runAsChild<ProviderFacts>(async ({ registry, gray }) => {
  // Its only consumer has gone before it is told to end: nobody has to notice first.
  const { address, port, stop } = await serveMovies({
    ...{ registry, gray, quietMs: 100 },
    signals: ['SIGTERM'],
    logger: silent,
  })
  process.once('disconnect', () => void stop())
  const said: ProviderSaid = { address, port }
  process.send?.(said)
})
