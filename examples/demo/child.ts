import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Cell, type Clock, type Live } from '@kumquat/core'
import { isTrouble } from './run-as-child.ts'

/** A process of the demo's own, which says messages of type `Said`. */
export interface Child<Said> extends AsyncDisposable {
  readonly pid: number
  /** What it said last. */
  readonly said: Live<Said | undefined>
  /** How it ended, for people; `undefined` while it runs. */
  readonly ended: Live<string | undefined>
  send(message: string): void
  /** At once, without a goodbye. */
  kill(): void
}

export interface ChildOptions {
  /** Its only argument, as JSON. */
  readonly facts: object
  readonly clock: Clock
  /** What it may take to end when asked to, in ms. Default 10 000; then it is killed. */
  readonly graceMs?: number
}

/**
 * Starts `module`, beside this file, with the flags that this process runs with. Disposing it closes the channel between
 * the two, which is the sign to end for the child: it gets that too when this process dies.
 */
export function startChild<Said>(module: string, { facts, clock, graceMs = 10_000 }: ChildOptions): Child<Said> {
  const process = fork(fileURLToPath(new URL(module, import.meta.url)), [JSON.stringify(facts)], {
    serialization: 'advanced',
    // Our stdout is for people or for JSON, not for two writers.
    stdio: ['ignore', 2, 2, 'ipc'],
  })
  const said = new Cell<Said | undefined>(undefined)
  const ended = new Cell<string | undefined>(undefined)
  let trouble: string | undefined
  process.on('message', (message) => {
    if (isTrouble(message)) trouble = message.trouble
    else said.set(message as Said)
  })
  process.once('error', (error) => ended.set(error.message))
  process.once('exit', (code, signal) => ended.set(trouble ?? signal ?? `status ${code}`))
  return {
    pid: process.pid ?? 0,
    said,
    ended,
    send: (message) => void (process.connected && process.send(message)),
    kill: () => void process.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      if (process.connected) process.disconnect()
      using _ = clock.after(graceMs, () => void process.kill('SIGKILL'), { keepAlive: true })
      await exited(process)
    },
  }
}

function exited(process: ChildProcess): Promise<void> {
  if (process.exitCode !== null || process.signalCode !== null || process.pid === undefined) return Promise.resolve()
  return new Promise((resolve) => process.once('exit', () => resolve()))
}
