import { fork } from 'node:child_process'

/** A server in a process of its own, and the first message it sent: where to find it. */
export interface Served extends AsyncDisposable {
  readonly pid: number
  readonly answer: string
}

/** Forks `script`, which sends one string when it is ready and ends when its channel closes. */
export async function serve(script: URL): Promise<Served> {
  const child = fork(script, { execArgv: ['--import=tsx', '--conditions=@kumquat/source'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const answer = await new Promise<string>((resolve, reject) => {
    child.once('message', (message) => resolve(String(message)))
    child.once('error', reject)
    child.once('exit', (status) => reject(new Error(`${script.pathname} ended with ${status} before it was ready`)))
  })
  return {
    pid: child.pid ?? 0,
    answer,
    async [Symbol.asyncDispose]() {
      child.kill()
      await ended
    },
  }
}
