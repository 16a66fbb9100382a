import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { eventually } from '@kumquat/core/testing'

/** A real statsd daemon (npm `statsd`) on loopback. It keeps all it was sent, for its flush is an hour away. */
export interface StatsdServer extends AsyncDisposable {
  /** Where it takes packets. */
  readonly port: number
  counters(): Promise<Readonly<Record<string, number>>>
  gauges(): Promise<Readonly<Record<string, number>>>
  /** Each time that it was sent, by name. */
  timers(): Promise<Readonly<Record<string, readonly number[]>>>
  /** What the daemon said of itself, lines it could not read among it. */
  readonly output: () => string
}

export async function startStatsd(): Promise<StatsdServer> {
  const folder = await mkdtemp(join(tmpdir(), 'kumquat-statsd-'))
  const [port, mgmtPort] = [await freeUdpPort(), await freeTcpPort()]
  const config = join(folder, 'config.js')
  await writeFile(config, configText(port, mgmtPort))
  const child = spawn(process.execPath, ['-e', DAEMON, config], { stdio: 'pipe' })
  let output = ''
  child.stdout.on('data', (chunk) => (output += chunk))
  child.stderr.on('data', (chunk) => (output += chunk))
  const stop = async (): Promise<void> => {
    await stopped(child)
    await rm(folder, { recursive: true, force: true })
  }
  try {
    await eventually(() => ask(mgmtPort, 'health'), { withinMs: 8_000 })
  } catch (cause) {
    await stop()
    throw new Error(`the statsd daemon did not start; it said: ${output}`, { cause })
  }
  return {
    port,
    counters: async () => JSON.parse(await ask(mgmtPort, 'counters')),
    gauges: async () => JSON.parse(await ask(mgmtPort, 'gauges')),
    timers: async () => JSON.parse(await ask(mgmtPort, 'timers')),
    output: () => output,
    [Symbol.asyncDispose]: stop,
  }
}

/**
 * Written for older Nodes, the daemon misses `util.log`. It answers by `inspect`, of which JSON is easier to read. It ends
 * with its parent.
 */
const DAEMON = `
process.stdin.resume().on('end', () => process.exit())
const util = require('node:util')
util.log = () => {}
util.inspect = JSON.stringify
process.argv.splice(1, 0, 'statsd')
require('statsd/stats.js')
`

const configText = (port: number, mgmtPort: number): string => `{
  address: '127.0.0.1', port: ${port}, mgmt_address: '127.0.0.1', mgmt_port: ${mgmtPort},
  flushInterval: 3600000, backends: ['./backends/console'], prefixStats: 'statsd'
}`

/** One question over the daemon's management port, which takes one a connection. `END` closes a long answer. */
async function ask(port: number, question: 'health' | 'counters' | 'gauges' | 'timers'): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port, timeout: 2_000 })
  socket.on('timeout', () => socket.destroy(new Error('statsd: no answer within 2 000 ms')))
  socket.write(question)
  let answer = ''
  for await (const chunk of socket) {
    answer += chunk
    if (question === 'health' || answer.endsWith('END\n\n')) break
  }
  return answer.replace(/END\s*$/, '')
}

async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  socket.close()
  await once(socket, 'close')
  return port
}

async function freeTcpPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
