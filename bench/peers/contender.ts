import { basename } from 'node:path'
import { sum } from '../parts/numbers.ts'
import { sides } from '../parts/sides.ts'

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

/** Starts `servers` servers and one client of the contender in `<folder>/<name>.mjs`. */
export async function contender(file: string, servers: number, run: string): Promise<Contender> {
  const both = await sides({ file, servers, run, client: new URL('client-process.mjs', import.meta.url) })
  const used = (): Promise<readonly Used[]> => Promise.all(both.serving.map((one) => one.ask<Used>({}, 10_000)))
  return {
    name: basename(file),
    async round(ask) {
      const before = await used()
      const { calls, cpuUs, rss, ...figures } = await both.client.ask<Told>(ask, ask.ms + 60_000)
      const after = await used()
      const cpu = sum(after.map(cpuOf)) - sum(before.map(cpuOf))
      return {
        ...figures,
        ...{ clientCpuUs: cpuUs, serverCpuUs: cpu / calls },
        ...{ clientRss: rss, serverRss: Math.max(...after.map((one) => one.rss)) },
      }
    },
    [Symbol.dispose]: () => both[Symbol.dispose](),
  }
}

interface Told extends Omit<Round, 'clientCpuUs' | 'serverCpuUs' | 'clientRss' | 'serverRss'> {
  readonly calls: number
  readonly cpuUs: number
  readonly rss: number
}

interface Used {
  readonly cpu: NodeJS.CpuUsage
  readonly rss: number
}

const cpuOf = ({ cpu }: Used): number => cpu.user + cpu.system
