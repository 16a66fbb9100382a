import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { eventually } from '@kumquat/core/testing'

/** Another process of ours. Its standard input ends with us at the latest. */
export interface Running extends AsyncDisposable {
  readonly pid: number
  /** All that it wrote on its terminal. */
  readonly output: () => string
  /** Resolves with its exit code, null when it was killed. */
  readonly exit: Promise<number | null>
  signal(name: NodeJS.Signals): void
  /** To its whole process group, as a terminal or a supervisor does. */
  signalGroup(name: NodeJS.Signals): void
  /** Ends its standard input. */
  leave(): void
}

/** Runs a script from source, in a process group of its own. */
export function run(script: URL, args: readonly string[], flags: readonly string[] = []): Running {
  const allFlags = ['--conditions=@kumquat/source', '--import', 'tsx', ...flags]
  const child = spawn(process.execPath, [...allFlags, fileURLToPath(script), ...args], {
    stdio: 'pipe',
    detached: true,
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  const exit = once(child, 'exit').then(([code]) => code)
  const pid = pidOf(child)
  return {
    pid,
    output: () => output,
    exit,
    signal: (name) => void child.kill(name),
    signalGroup: (name) => void process.kill(-pid, name),
    leave: () => void child.stdin.end(),
    async [Symbol.asyncDispose]() {
      child.kill('SIGCONT')
      child.kill('SIGKILL')
      await exit
    },
  }
}

/** Holds the path that it is given until its standard input ends. */
export const HOLDER: URL = new URL('./holder.ts', import.meta.url)

/** Runs a process that holds `path` until its standard input ends, and resolves once it does. */
export async function startHolder(url: string, path: string, value = 'x'): Promise<Running> {
  const holder = run(HOLDER, [url, path, value])
  await eventually(() => assert.equal(holder.output(), 'held\n'), { withinMs: 30_000 })
  return holder
}

/** The children of a process that talk to ZooKeeper, the youngest first. */
export async function zookeeperChildren(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(pid)])
  const found = [...stdout.matchAll(/^ *(\d+) kumquat-zookeeper/gm)]
  return found.map(([, child]) => Number(child)).reverse()
}

function pidOf({ pid }: ChildProcess): number {
  if (pid === undefined) throw new Error('it did not start')
  return pid
}
