import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { formatServiceKey, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import type { StatsSnapshot } from '@kumquat/monitor'
import { discovery, open } from '@kumquat/registry'
import { MOVIES } from '../../examples/movie/serve.ts'
import { type EndedDemo, introduced, type RunningDemo, runDemo } from './run-demo.ts'

export interface KillAndRestartOptions {
  readonly registry: string
  /** Seconds of the demo, and those at which one of its stable providers is killed and started again. */
  readonly seconds: number
  readonly killAt: number
  readonly restartAt: number
  /** Runs while everything is up. */
  readonly meanwhile?: () => Promise<void>
}

export interface KillAndRestartResult extends EndedDemo {
  /** Of the provider that was killed. */
  readonly address: string
  /** Time from its new registration, as a consumer sees it, to the first call that it answered. */
  readonly backAfterMs: number
  /** Calls that it answered after its new start. */
  readonly servedAgain: number
  /** What the demo said to people. */
  readonly said: string
  /** Addresses that the registry lists in the end. */
  readonly left: readonly string[]
}

/** Runs the demo, kills one of its providers with SIGKILL, and starts it again as its operator would. */
export async function killAndRestart(options: KillAndRestartOptions): Promise<KillAndRestartResult> {
  const { registry, seconds, killAt, restartAt, meanwhile = async () => {} } = options
  await using store = await open(registry)
  await using demo = runDemo(['--registry', registry, '--seconds', String(seconds), '--json'])
  const victim = (await introduced(demo)).find(({ gray }) => !gray)
  if (victim === undefined) throw new Error(`no stable provider; the demo said: ${demo.said()}`)
  await using registered = await discovery(store).watch(MOVIES)
  const isListed = (): boolean => registered.current.records.some(({ id }) => id === victim.address)

  await meanwhile()
  await second(demo, killAt)
  process.kill(victim.pid, 'SIGKILL')
  await eventually(() => assert(!isListed(), `${victim.address} is still registered`))
  await second(demo, restartAt)
  await using again = restart(registry, victim.address)
  await eventually(() => assert(isListed(), `${victim.address} is not registered again`), { withinMs: 15_000 })
  const registeredAt = systemClock.now()
  await eventually(async () => assert((await served(victim.address)) > 0, 'no call came'), { withinMs: 10_000 })
  const backAfterMs = systemClock.now() - registeredAt

  const ended = await demo.ended({ withinMs: (seconds - restartAt + 30) * 1_000 })
  const servedAgain = await served(victim.address)
  await again.stop()
  const left = await eventually(() => {
    assert(registered.current.records.length === 0, 'entries are left')
    return []
  }).catch(() => registered.current.records.map(({ id }) => id))
  return { ...ended, address: victim.address, backAfterMs, servedAgain, said: demo.said(), left }
}

/** Waits until the demo shows this second of its run. */
async function second(demo: RunningDemo, wanted: number): Promise<void> {
  const shown = (): number => Math.max(0, ...[...demo.said().matchAll(/^(\d+) s {2}/gm)].map(([, n]) => Number(n)))
  const withinMs = wanted * 2_000 + 10_000
  await eventually(() => assert(shown() >= wanted, `second ${wanted} has not come; ${demo.said()}`), { withinMs })
}

/** Calls that a provider answered since it started. */
async function served(address: string): Promise<number> {
  const answer = await fetch(`http://${address}/_kumquat/stats`)
  const { series } = (await answer.json()) as StatsSnapshot
  const own = series.filter(({ kind, service }) => kind === 'served' && service === formatServiceKey(MOVIES))
  return own.flatMap(({ codes }) => Object.values(codes)).reduce((sum, count) => sum + count, 0)
}

function restart(registry: string, address: string): AsyncDisposable & { stop(): Promise<void> } {
  const port = address.slice(address.lastIndexOf(':') + 1)
  const args = [...process.execArgv, PROVIDER, '--registry', registry, '--port', port]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
  const stop = (): Promise<void> => stopped(child)
  return { stop, [Symbol.asyncDispose]: stop }
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill('SIGTERM')
  await exit
}

const PROVIDER = fileURLToPath(new URL('../../examples/movie/provider.ts', import.meta.url))

function assert(holds: boolean, message: string): void {
  if (!holds) throw new Error(message)
}
