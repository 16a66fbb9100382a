import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ScaleOrder, ScaleWord } from './messages.ts'

/** A process of the scale test. */
export interface Company extends AsyncDisposable {
  order(order: ScaleOrder): void
}

/** Starts one from source; every word of it goes to `heard`. */
export function company(script: URL, args: readonly string[], heard: (word: ScaleWord) => void): Company {
  const execArgv = [...process.execArgv.filter((flag) => flag !== '--expose-gc'), '--expose-gc']
  const child: ChildProcess = fork(fileURLToPath(script), [...args], {
    execArgv,
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
