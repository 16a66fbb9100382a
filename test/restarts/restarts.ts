import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Filter, type Invocation, type Reply, silent, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { type Consumer, consumer } from '@kumquat/rpc'
import { freePort } from '../servers/zookeeper-process.ts'
import { Caller } from './caller.ts'
import { SHOP, TILL } from './contract.ts'
import { type Figures, figuresOf } from './figures.ts'
import type { RestartsOptions } from './options.ts'
import { ProviderProcess } from './provider-process.ts'

export interface Scene extends Omit<RestartsOptions, 'registry'> {
  /** A URL; absent: a folder of its own. */
  readonly registry: string | undefined
}

/**
 * Restarts providers one after the other, each by SIGTERM and on the port it had, while calls go on; the next one begins when
 * the consumer sees the last one again, as a deployment would wait for it to be ready.
 */
export async function restarts(scene: Scene): Promise<Figures> {
  const dir = await mkdtemp(join(tmpdir(), 'kumquat-restarts-'))
  const processes: ProviderProcess[] = []
  try {
    return await restartsIn(dir, scene, processes)
  } finally {
    await Promise.all(processes.map((one) => one.kill()))
    await rm(dir, { recursive: true })
  }
}

async function restartsIn(dir: string, scene: Scene, processes: ProviderProcess[]): Promise<Figures> {
  const { registry = `file:${join(dir, 'registry')}`, providers, rounds, load } = scene
  const keepAliveTimeoutMs = load === 'edge' ? 3_000 : 75_000
  const begin = (): ProviderProcess => {
    const log = join(dir, `calls-${processes.length}`)
    const made = new ProviderProcess({ registry, log, keepAliveTimeoutMs })
    processes.push(made)
    return made
  }
  let attempts = 0
  const counting: Filter<Invocation, Reply> = (next) => (call) => {
    attempts++
    return next(call)
  }
  await using consuming = await consumer({
    ...{ registry, caller: 'restarts', logger: silent, snapshot: false },
    attemptFilters: [counting],
  })
  const ports = await Promise.all(Array.from({ length: providers }, freePort))
  const running = ports.map(begin)
  await Promise.all(running.map((one, index) => one.serve(ports[index]!)))
  await seen(consuming, providers)

  const caller = new Caller(consuming.client(TILL), scene)
  const stops: number[] = []
  const turns = rounds * providers
  // One ahead: loading takes longer than stopping.
  let next = begin()
  for (let turn = 0; turn < turns; turn++) {
    const index = turn % providers
    const successor = next
    await successor.loaded
    if (turn + 1 < turns) next = begin()
    const since = systemClock.now()
    if (!(await running[index]!.stop())) throw new Error(`provider ${index} did not end of SIGTERM`)
    stops.push(systemClock.now() - since)
    await successor.serve(ports[index]!)
    running[index] = successor
    await seen(consuming, providers)
  }
  const ends = await caller.end()
  return figuresOf({ ends, ran: await ranIn(dir), attempts, stops })
}

/** Waits until the consumer can call so many. */
async function seen(consuming: Consumer, count: number): Promise<void> {
  const open = (): number => consuming.peers(SHOP).current.filter(({ status }) => status === 'open').length
  const enough = (): void => {
    if (open() < count) throw new Error(`the consumer sees ${open()} providers, not ${count}`)
  }
  await eventually(enough, { withinMs: 20_000 })
}

async function ranIn(dir: string): Promise<readonly number[]> {
  const files = (await readdir(dir)).filter((name) => name.startsWith('calls-'))
  const texts = await Promise.all(files.map((name) => readFile(join(dir, name), 'utf8')))
  return texts.flatMap((text) => text.split('\n').filter(Boolean).map(Number))
}
