import { providerRecord, silent, sleep, systemClock } from '@kumquat/core'
import { MemoryTree, memory, registrar } from '@kumquat/registry'
import { consumer, streamConnect } from '@kumquat/rpc'
import { request } from '../peers/work.mjs'
import { used, watched } from './heap.mjs'
import { itemsOf } from './items.mjs'

// A consumer of `services` services with `peers` peers each, every one at an address of its own. Its registry is of this
// process, so that what is measured is what the consumer does, and not how fast a registry tells.

const [services, peers, ...ports] = process.argv.slice(2).map(Number)
const tree = new MemoryTree()
const registering = registrar(memory({ tree }))
let hosts = 0
const register = (of) => {
  const host = `127.${1 + (hosts >> 16)}.${(hosts >> 8) & 255}.${hosts & 255}`
  const record = providerRecord({ host, port: ports[hosts++ % ports.length], transports: ['stream', 'http'] })
  return registering.register(of, record)
}
const all = Array.from({ length: services }, (_, n) => itemsOf(n))
for (const of of all) for (let i = 0; i < peers; i++) await register(of)

const before = await used()
const begun = await watched(async () => {
  const startedAt = systemClock.now()
  const connect = streamConnect({ logger: silent })
  const calls = await consumer({ registry: memory({ tree }), connect, logger: silent })
  await Promise.all(all.map((of) => calls.ready(of)))
  const readyMs = systemClock.now() - startedAt
  // From now on there is a connection to everybody.
  const left = [...all]
  const greet = async () => {
    for (let of = left.pop(); of !== undefined; of = left.pop()) {
      const answers = await calls.each(of, { timeoutMs: 60_000 }).getItem(request(100))
      if (answers.length !== peers || answers.some(({ error }) => error)) throw new Error('a peer did not answer')
    }
  }
  await Promise.all(Array.from({ length: 32 }, greet))
  return { calls, readyMs, connectedMs: systemClock.now() - startedAt }
})
const { calls, readyMs, connectedMs, stallMs } = begun
const after = await used()

const clients = all.map((of) => calls.client(of))
let turn = 0
const asked = request(100)

/** So many callers, each with one call after another, round all services, for so long and until so many are made. */
async function round({ inFlight, ms, least = 0 }) {
  const until = systemClock.now() + ms
  const cpu = process.cpuUsage()
  const startedAt = systemClock.now()
  let count = 0
  const caller = async () => {
    for (; systemClock.now() < until || count < least; count++) await clients[turn++ % services].getItem(asked)
  }
  await Promise.all(Array.from({ length: inFlight }, caller))
  const { user, system } = process.cpuUsage(cpu)
  const seconds = (systemClock.now() - startedAt) / 1_000
  return { calls: count, perSecond: count / seconds, cpuUs: (user + system) / count }
}

/** The share of a core, in %, that goes into no call at all: signs of life, looks at the registry. */
async function idle({ ms }) {
  const cpu = process.cpuUsage()
  await sleep(systemClock, ms)
  const { user, system } = process.cpuUsage(cpu)
  return { idleCpu: (user + system) / 10 / ms }
}

/** How long it takes until one that comes is a peer, and until one that says goodbye is none. */
async function change() {
  const [of] = all
  const seen = calls.peers(of)
  const until = (size) =>
    new Promise((resolve) => {
      const look = ({ length }) => {
        if (length !== size) return
        subscription[Symbol.dispose]()
        resolve()
      }
      const subscription = seen.subscribe(look)
    })
  const timed = async (size, task) => {
    const startedAt = systemClock.now()
    const there = until(size)
    const result = await task()
    await there
    return { result, ms: systemClock.now() - startedAt }
  }
  const joined = await timed(peers + 1, () => register(of))
  const left = await timed(peers, () => joined.result[Symbol.asyncDispose]())
  return { joinedMs: joined.ms, leftMs: left.ms }
}

const ANSWERS = { round, idle, change }
process.on('message', async ({ ask, ...how }) => {
  try {
    process.send(await watched(() => ANSWERS[ask](how)))
  } catch (error) {
    process.send({ failed: String(error) })
  }
})
process.once('disconnect', () => process.exit(0))
const held = { heap: after.heap - before.heap, rss: after.rss - before.rss }
process.send({ readyMs, connectedMs, stallMs, ...held })
