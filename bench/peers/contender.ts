import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { basename } from 'node:path'
import { fileURLToPath } from 'node:url'
import { systemClock } from '@kumquat/core'

export interface RoundAsked {
  readonly inFlight: number
  /** Of the request, and as many again of the answer. */
  readonly bytes: number
  readonly ms: number
  /** Of the calls of one caller more, whose times do not count. */
  readonly besideBytes?: number
}

/** Times in µs, memory in bytes. */
export interface Round {
  readonly perSecond: number
  readonly p50: number
  readonly p99: number
  readonly p999: number
  readonly clientCpuUs: number
  readonly serverCpuUs: number
  readonly clientRss: number
  readonly serverRss: number
}

/** One contender with its servers and its client, each a process of its own. */
export interface Contender extends Disposable {
  readonly name: string
  round(asked: RoundAsked): Promise<Round>
}

/** Starts `servers` servers and one client of the contender in `<folder>/<name>.mjs`. Servers on the first core, the client on the second. */
export async function contender(file: string, servers: number, run: string): Promise<Contender> {
  const children: ChildProcess[] = []
  const start = async (core: number, script: string, ...args: readonly string[]): Promise<ChildProcess> => {
    const child = pinned(core, script, file, ...args)
    children.push(child)
    return child
  }
  const stop = (): void => {
    for (const child of children) child.kill('SIGKILL')
  }
  try {
    const serving: ChildProcess[] = []
    const addresses: string[] = []
    for (let i = 0; i < servers; i++) {
      const child = await start(0, 'server-process.mjs', run)
      addresses.push((await said<{ address: string }>(child, 30_000)).address)
      serving.push(child)
    }
    const client = await start(1, 'client-process.mjs', ...addresses)
    await said(client, 30_000)
    const used = (): Promise<readonly Used[]> =>
      Promise.all(serving.map((child) => asked<Used>(child, 'used?', 10_000)))
    return {
      name: basename(file),
      async round(ask) {
        const before = await used()
        const of = await asked<Told>(client, ask, ask.ms + 60_000)
        if (of.failed !== undefined) throw new Error(`${file}: ${of.failed}`)
        const after = await used()
        const cpu = sum(after.map(cpuOf)) - sum(before.map(cpuOf))
        return {
          ...{ perSecond: of.perSecond, p50: of.p50, p99: of.p99, p999: of.p999 },
          ...{ clientCpuUs: of.cpuUs, serverCpuUs: cpu / of.calls },
          ...{ clientRss: of.rss, serverRss: Math.max(...after.map(({ rss }) => rss)) },
        }
      },
      [Symbol.dispose]: stop,
    }
  } catch (error) {
    stop()
    throw error
  }
}

interface Told extends Omit<Round, 'clientCpuUs' | 'serverCpuUs' | 'clientRss' | 'serverRss'> {
  readonly failed?: string
  readonly calls: number
  readonly cpuUs: number
  readonly rss: number
}

interface Used {
  readonly cpu: NodeJS.CpuUsage
  readonly rss: number
}

const cpuOf = ({ cpu }: Used): number => cpu.user + cpu.system
const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0)

const canPin = process.platform === 'linux' && spawnSync('taskset', ['--version']).status === 0

function pinned(core: number, script: string, ...args: readonly string[]): ChildProcess {
  const command = [process.execPath, fileURLToPath(new URL(script, import.meta.url)), ...args]
  const whole = canPin ? ['taskset', '-c', String(core), ...command] : command
  return spawn(whole[0]!, whole.slice(1), { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
}

function asked<T>(child: ChildProcess, message: unknown, ms: number): Promise<T> {
  const answer = said<T>(child, ms)
  child.send(message as object)
  return answer
}

/** The next message of a process. */
function said<T>(child: ChildProcess, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = (): void => {
      timer[Symbol.dispose]()
      child.off('message', heard)
      child.off('exit', gone)
    }
    const heard = (message: unknown): void => {
      end()
      resolve(message as T)
    }
    const gone = (status: number | null): void => {
      end()
      reject(new Error(`a process ended with ${status} before it answered`))
    }
    const late = (): void => {
      end()
      reject(new Error(`a process did not answer within ${ms} ms`))
    }
    const timer = systemClock.after(ms, late, { keepAlive: true })
    child.once('message', heard)
    child.once('exit', gone)
  })
}
