import { randomUUID } from 'node:crypto'
import { basename } from 'node:path'
import { median } from '../parts/numbers.ts'
import { type Sides, sides } from '../parts/sides.ts'

/** Bytes on the JavaScript heap that one call allocates, on each side: medians of rounds. */
export interface Allocated {
  readonly contender: string
  readonly client: number
  readonly server: number
  /** Of one round. Less than was asked for where that many did not fit between two collections. */
  readonly calls: number
}

export interface AllocatedOptions {
  /** Of one round, which must fit into the young generation. */
  readonly calls: number
  readonly rounds: number
  /** Before those, until everything is compiled. */
  readonly warmUp: number
}

/** Measures one contender, see heap.mjs. */
export async function allocated(file: string, { calls, rounds, warmUp }: AllocatedOptions): Promise<Allocated> {
  const here = (name: string): URL => new URL(name, import.meta.url)
  const scripts = { client: here('client-process.mjs'), server: here('server-process.mjs') }
  using both = await sides({ file, run: randomUUID(), ...scripts, flags: FLAGS })
  await round(both, warmUp)
  const taken: { readonly client: number; readonly server: number }[] = []
  let fitting = calls
  while (taken.length < rounds) {
    const { client, server } = await round(both, fitting)
    const whole = client.collections === 0 && server.collections === 0
    if (whole) taken.push({ client: client.bytes / fitting, server: server.bytes / fitting })
    else if (fitting < LEAST)
      throw new Error(`${file}: something is collected in every round, even of ${fitting} calls`)
    else fitting = Math.ceil(fitting / 2)
  }
  const of = (side: 'client' | 'server'): number => median(taken.map((one) => one[side]))
  return { contender: basename(file), client: of('client'), server: of('server'), calls: fitting }
}

/** MiB of half the young generation. */
const HALF = 256
const FLAGS = ['--expose-gc', `--min-semi-space-size=${HALF}`, `--max-semi-space-size=${HALF}`]
const LEAST = 100

interface Counted {
  readonly bytes: number
  readonly collections: number
}

async function round({ client, serving }: Sides, calls: number): Promise<{ client: Counted; server: Counted }> {
  const [server] = serving
  await server!.ask({ begin: true }, 30_000)
  const ofClient = await client.ask<Counted>({ calls, inFlight: 64, bytes: 100 }, 60_000)
  return { client: ofClient, server: await server!.ask<Counted>({}, 30_000) }
}
