import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { eventually } from '@kumquat/core/testing'
import type { Report } from '../../examples/demo/report.ts'
import { isAlive, processGroup } from './process-group.ts'

/** The demo, run as `npm start -- --json` runs it, in a process group of its own. */
export interface RunningDemo extends AsyncDisposable {
  /** Of the script that runs it. */
  readonly pid: number
  /** What it said to people so far. */
  said(): string
  /** The processes of its group that are alive: the script, the demo, its children and theirs. */
  processes(): readonly string[]
  /** Ends with its exit status and the report, if it gave one. */
  ended(options?: { readonly withinMs?: number }): Promise<EndedDemo>
  /** Stops reading what it says. */
  closeOutput(): void
  /** To one process, or like a terminal to all of them. */
  signal(signal: NodeJS.Signals, options?: { readonly everywhere?: boolean }): void
}

export interface EndedDemo {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  readonly report: Report | undefined
}

/** A provider as the demo introduces it. */
export interface Introduced {
  readonly address: string
  readonly pid: number
  readonly gray: boolean
}

export interface RunDemoOptions {
  /** Where it makes temporary folders. Default: where all do. */
  readonly temporary?: string
}

export function runDemo(args: readonly string[], { temporary }: RunDemoOptions = {}): RunningDemo {
  const child = spawn(process.execPath, [START, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, ...(temporary !== undefined && { TMPDIR: temporary }) },
  })
  const output = { stdout: '', stderr: '' }
  child.stdout.on('data', (chunk) => (output.stdout += chunk))
  child.stderr.on('data', (chunk) => (output.stderr += chunk))
  const closed = new Promise<void>((resolve) => child.once('close', resolve))
  const pid = child.pid ?? 0
  const processes = (): readonly string[] => processGroup(pid)
  return {
    pid,
    said: () => output.stderr,
    processes,
    async ended({ withinMs = 30_000 } = {}) {
      await eventually(() => assertEnded(child, output.stderr), { withinMs })
      await closed
      return { status: child.exitCode, ...output, report: reportIn(output.stdout) }
    },
    closeOutput() {
      child.stdout.destroy()
      child.stderr.destroy()
    },
    signal: (signal, { everywhere = false } = {}) => void process.kill(everywhere ? -pid : pid, signal),
    async [Symbol.asyncDispose]() {
      if (isAlive(-pid)) process.kill(-pid, 'SIGKILL')
      await closed
    },
  }
}

/** Waits until the demo has introduced its providers and calls them. */
export function introduced(demo: RunningDemo): Promise<readonly Introduced[]> {
  return eventually(
    () => {
      if (!/^\d+ s {2}[1-9]\d* calls\/s/m.test(demo.said())) throw new Error(`no calls yet; it said: ${demo.said()}`)
      const lines = demo.said().matchAll(/^provider (\S+) pid (\d+) (gray|stable)$/gm)
      return [...lines].map(([, address = '', pid, lane]) => ({ address, pid: Number(pid), gray: lane === 'gray' }))
    },
    { withinMs: 30_000, everyMs: 50 },
  )
}

const START = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url))

function assertEnded({ exitCode, signalCode }: ChildProcess, said: string): void {
  if (exitCode === null && signalCode === null) throw new Error(`the demo has not ended; it said: ${said}`)
}

function reportIn(stdout: string): Report | undefined {
  const last = stdout.trimEnd().split('\n').at(-1) ?? ''
  return last.startsWith('{') ? JSON.parse(last) : undefined
}
