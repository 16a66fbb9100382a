import { statsd } from '@kumquat/monitor'
import { consumer } from '@kumquat/rpc'
import type { Desk } from './desk.ts'

// A short-lived consumer: its last call is the last thing it does.
const [registry = '', port = '', calls = '0'] = process.argv.slice(2)
const sink = statsd({ port: Number(port) })
{
  await using consuming = await consumer({ registry, observer: sink })
  const desk = consuming.client<Desk>({ app: 'front', group: 'desk', idempotent: ['greet'] })
  await consuming.ready({ app: 'front', group: 'desk' })
  for (let i = 0; i < Number(calls); i++) await desk.greet(`guest ${i}`)
}
await sink[Symbol.asyncDispose]()
process.exit()
