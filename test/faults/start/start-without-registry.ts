import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sleep, systemClock } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import { Actor } from '../actor.ts'
import type { BackendName, Ground } from '../grounds/ground.ts'

/** How a consumer starts while its registry is down and a snapshot is there. */
export interface StartRow {
  readonly backend: BackendName
  /** From `consumer()` to the end of the first call that succeeded, in ms; `null` = none did. */
  readonly firstMs: number | null
  /** Calls that failed before. */
  readonly failed: number
  readonly broken: readonly string[]
  readonly kept: boolean
}

const START_MS = 2_000
const PATIENCE_MS = 30_000

/** Lets one consumer take a snapshot, stops the server, and starts another. */
export async function startWithoutRegistry(ground: Ground): Promise<StartRow> {
  const snapshots = await mkdtemp(join(tmpdir(), 'kumquat-snapshots-'))
  const url = ground.url('start')
  try {
    await using _provider = await Actor.provider(url)
    await firstCall(url, snapshots, () => written(snapshots))
    await ground.server?.kill()
    return judged(ground.name, await firstCall(url, snapshots))
  } finally {
    await ground.server?.restart()
    await rm(snapshots, { recursive: true, force: true })
  }
}

type FirstCall = { readonly firstMs: number; readonly failed: number } | undefined

/** Starts a consumer and tells of its first successful call; ends it after `afterwards`. */
async function firstCall(
  url: string,
  snapshots: string,
  afterwards = async (): Promise<void> => {},
): Promise<FirstCall> {
  const child = fork(CONSUMER, [url, snapshots], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const exit = once(child, 'exit')
  try {
    const told = once(child, 'message').then(([first]) => first as FirstCall)
    const first = await Promise.race([told, sleep(systemClock, PATIENCE_MS).then(() => undefined)])
    await afterwards()
    return first
  } finally {
    child.kill('SIGKILL')
    await exit
  }
}

function judged(backend: BackendName, first: FirstCall): StartRow {
  const firstMs = first === undefined ? null : Math.round(first.firstMs)
  const broken = [
    ...(firstMs === null ? ['no call succeeded'] : []),
    ...(firstMs !== null && firstMs >= START_MS ? [`the first call took ${firstMs} ms, not ${START_MS}`] : []),
  ]
  return { backend, firstMs, failed: first?.failed ?? 0, broken, kept: broken.length === 0 }
}

const CONSUMER = fileURLToPath(new URL('./late-consumer.ts', import.meta.url))

/** Waits for the first file that is whole. */
async function written(folder: string): Promise<void> {
  const look = async (): Promise<void> => {
    const files = await readdir(folder)
    if (!files.some((name) => name.endsWith('.json'))) throw new Error('no snapshot was written')
  }
  await eventually(look, { withinMs: PATIENCE_MS })
}
