// npm run restarts: providers restarted one after the other under load; what became of the calls.
import { startZookeeper } from '../servers/zookeeper.ts'
import { readOptions } from './options.ts'
import { restarts } from './restarts.ts'

const { registry, ...options } = readOptions(process.argv.slice(2))
const server = registry === 'zookeeper' ? await startZookeeper() : undefined
try {
  const figures = await restarts({ ...options, registry: server?.url() })
  for (const [name, value] of Object.entries(figures)) console.error(`${name.padEnd(14)} ${value}`)
  console.log(JSON.stringify({ registry, ...options, ...figures }))
  process.exitCode = figures.kept ? 0 : 1
} finally {
  await server?.stop()
}
