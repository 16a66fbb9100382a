import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ScaleOrder, ScaleWord } from './messages.ts'

/** A process of the scale test. */
export interface Company extends AsyncDisposable {
  order(order: ScaleOrder): void
}

/** Starts one; every word of it goes to `heard`. */
export function company(script: URL, args: readonly string[], heard: (word: ScaleWord) => void): Company {
  const child: ChildProcess = fork(fileURLToPath(script), [...args], {
    execArgv: ['--expose-gc'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  child.on('message', heard)
  const exit = once(child, 'exit')
  return {
    order: (order) => void child.send(order, () => {}),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
    },
  }
}
