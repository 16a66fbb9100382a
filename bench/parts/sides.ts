import { type Process, start } from './process.ts'

/** The servers and the client of one contender. */
export interface Sides extends Disposable {
  readonly serving: readonly Process[]
  readonly client: Process
}

export interface SidesOptions {
  /** The contender, as `<folder>/<name>` in bench/peers. */
  readonly file: string
  /** Names the registry that the servers share. */
  readonly run: string
  /** Default 1. */
  readonly servers?: number
  /** The script of the client, given `file` and the addresses. */
  readonly client: URL
  /** The script of each server, given `file` and `run`. Default: bench/peers/server-process.mjs. */
  readonly server?: URL
  /** Flags of node, for all. */
  readonly flags?: readonly string[]
}

/** Starts both sides, servers on the first core and the client on the second. */
export async function sides(options: SidesOptions): Promise<Sides> {
  const { file, run, servers = 1, client, server = SERVER, flags = [] } = options
  const all: Process[] = []
  const begin = async <T>(core: number, script: URL, ...args: readonly string[]): Promise<T> => {
    const one = start(script, { core, flags, args: [file, ...args] })
    all.push(one)
    return await one.said<T>(30_000)
  }
  const stop = (): void => {
    for (const one of all) one[Symbol.dispose]()
  }
  try {
    const addresses: string[] = []
    for (let i = 0; i < servers; i++) addresses.push((await begin<{ address: string }>(0, server, run)).address)
    await begin(1, client, ...addresses)
    return { serving: all.slice(0, servers), client: all[servers]!, [Symbol.dispose]: stop }
  } catch (error) {
    stop()
    throw error
  }
}

const SERVER = new URL('../peers/server-process.mjs', import.meta.url)
