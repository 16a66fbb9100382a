// A provider process of the demo. It ends when the process that started it says so, or ends.
import { silent } from '@kumquat/core'
import { serveMovies } from '../movie/serve.ts'
import type { ProviderFacts, ProviderSaid } from './fleet.ts'

const { registry, gray }: ProviderFacts = JSON.parse(process.argv[2] ?? '{}')

// Ctrl-C reaches every process of the terminal; this one waits for its turn.
process.on('SIGINT', () => {})

// Its only consumer has gone before it is told to end.
const { address, port, stop } = await serveMovies({
  registry,
  gray,
  logger: silent,
  signals: ['SIGTERM'],
  quietMs: 100,
})
const said: ProviderSaid = { address, port }
process.send?.(said)
process.once('disconnect', () => void stop())
