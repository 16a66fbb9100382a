import { spawn, spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@kumquat/core'

/** A process of its own that answers what it is asked, one question after another. Disposing kills it. */
export interface Process extends Disposable {
  readonly pid: number
  /** The next message it sends. Rejects when that does not come within `ms`, and with what it says of a failure. */
  said<T>(ms: number): Promise<T>
  ask<T>(question: object, ms: number): Promise<T>
}

export interface ProcessOptions {
  readonly args?: readonly string[]
  /** The core it runs on, where `taskset` is there to hold it. Default: any. */
  readonly core?: number
  /** Flags of node. */
  readonly flags?: readonly string[]
}

/** Starts a script with the packages as they are built. */
export function start(script: URL, { args = [], core, flags = [] }: ProcessOptions = {}): Process {
  const command = [process.execPath, ...flags, fileURLToPath(script), ...args]
  const whole = core !== undefined && canPin() ? ['taskset', '-c', String(core), ...command] : command
  const child = spawn(whole[0]!, whole.slice(1), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const name = [basename(script.pathname), ...args].join(' ')
  const said = <T>(ms: number): Promise<T> =>
    new Promise((resolve, reject) => {
      const end = (): void => {
        timer[Symbol.dispose]()
        child.off('message', heard)
        child.off('exit', gone)
      }
      const heard = (message: { readonly failed?: string }): void => {
        end()
        if (message.failed === undefined) resolve(message as T)
        else reject(new Error(`${name}: ${message.failed}`))
      }
      const gone = (status: number | null): void => {
        end()
        reject(new Error(`${name} ended with ${status} before it answered`))
      }
      const late = (): void => {
        end()
        reject(new Error(`${name} did not answer within ${ms} ms`))
      }
      const timer = systemClock.after(ms, late, { keepAlive: true })
      child.once('message', heard)
      child.once('exit', gone)
    })
  return {
    pid: child.pid ?? 0,
    said,
    ask(question, ms) {
      const answer = said<never>(ms)
      child.send(question)
      return answer
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  }
}

let pins: boolean | undefined
const canPin = (): boolean => {
  pins ??= process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0
  return pins
}
