// Calls something three times and ends as it is told to: what is then at the statsd server is all that was sent.
import { sleep, systemClock } from '@kumquat/core'
import { statsd } from '@kumquat/monitor'
import { observe } from '../parts.ts'

const [port, ending] = process.argv.slice(2)
const sink = statsd({ port: Number(port), flushEveryMs: 60_000 })
for (let i = 0; i < 3; i++) observe(sink)

if (ending === 'dispose, then exit') {
  await sink[Symbol.asyncDispose]()
  process.exit()
}
if (ending === 'exit') {
  await sleep(systemClock, 50)
  process.exit()
}
