import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sleep, systemClock } from '@kumquat/core'
import { recorder } from '@kumquat/monitor'
import {
  consumer,
  defineService,
  httpConnect,
  implement,
  method,
  provider,
  streamConnect,
  streamListen,
} from '@kumquat/rpc'
import { DEADLINE_MS, work } from '../work.mjs'

const items = defineService({ app: 'bench', group: 'items', methods: { getItem: method({ idempotent: true }) } })
const silent = { debug() {}, info() {}, warn() {}, error() {} }

/** One registry for the servers of one run: a folder named by whoever starts them. */
const registryOf = (run) => `file:${join(tmpdir(), `kumquat-peers-${run}`)}`

/** Everything on that a consumer and a provider have by default, and metrics on both sides. */
export async function serve(run = randomUUID()) {
  const observer = recorder()
  const registry = registryOf(run)
  await provider({
    registry,
    listen: streamListen(),
    services: [implement(items, { getItem: work })],
    observer,
    maxBodyBytes: 8 * 2 ** 20,
    logger: silent,
  })
  return registry
}

export const over = (transport, options = () => ({ observer: recorder() })) =>
  async function connect([registry, ...others]) {
    const connecting = { logger: silent }
    const calls = await consumer({
      registry,
      timeoutMs: DEADLINE_MS,
      logger: silent,
      connect: transport === 'stream' ? streamConnect(connecting) : httpConnect(connecting),
      ...options(),
    })
    const client = calls.client(items)
    await calls.ready(items)
    while (calls.peers(items).current.length < others.length + 1) await sleep(systemClock, 10)
    return (asked) => client.getItem(asked)
  }
