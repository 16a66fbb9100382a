import { sum } from '../parts/numbers.ts'
import { type Process, start } from '../parts/process.ts'
import type { Shape } from './groups.ts'

/** What a consumer says once it has called everybody. Bytes are what all its peers have added, the registry left out. */
export interface Begun extends Used {
  readonly readyMs: number
  readonly connectedMs: number
  readonly stallMs: number
}

interface Used {
  readonly heap: number
  readonly rss: number
}

/** A shape in processes of its own. */
export interface Opened {
  readonly shape: Shape
  readonly begun: Begun
  /** By which all connections made the providers grow. */
  readonly grown: Used
  readonly consumer: Process
  readonly providers: readonly Process[]
}

const PATIENCE_MS = 120_000
const FLAGS = ['--expose-gc']

/** Starts a consumer and its providers; every process begun goes into `all`, for its end. */
export async function opened(shape: Shape, all: Process[]): Promise<Opened> {
  const begin = (script: string, core: number, args: readonly number[]): Process => {
    const one = start(new URL(script, import.meta.url), { core, args: args.map(String), flags: FLAGS })
    all.push(one)
    return one
  }
  const providers: Process[] = []
  const ports: number[] = []
  for (let i = 0; i < shape.providers; i++) {
    const one = begin('provider-process.mjs', 0, [shape.services])
    ports.push((await one.said<{ port: number }>(PATIENCE_MS)).port)
    providers.push(one)
  }
  const before = await usedBy(providers)
  const consumer = begin('consumer-process.mjs', 1, [shape.services, shape.peers, ...ports])
  const begun = await consumer.said<Begun>(PATIENCE_MS)
  const after = await usedBy(providers)
  const grown = { heap: after.heap - before.heap, rss: after.rss - before.rss }
  return { shape, begun, grown, consumer, providers }
}

async function usedBy(all: readonly Process[]): Promise<Used> {
  const used = await Promise.all(all.map((one) => one.ask<Used>({ ask: 'memory' }, PATIENCE_MS)))
  return { heap: sum(used.map(({ heap }) => heap)), rss: sum(used.map(({ rss }) => rss)) }
}
