import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@kumquat/core'
import { start } from '../parts/process.ts'

const here = (name: string): URL => new URL(name, import.meta.url)

/** One round: ms until each kind of process said that it is there, from before it was started. */
export type Times = Readonly<Record<(typeof KINDS)[number], number>>

export const KINDS = ['node', 'fastify', 'provider', 'undici', 'consumer, http', 'consumer, stream'] as const

/** Starts every kind of process once after another, beside a provider and a bare server that are there for the clients. */
export async function times(rounds: number): Promise<readonly Times[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kumquat-startup-'))
  const [registry, other] = [`file:${folder}/one`, `file:${folder}/other`]
  try {
    using server = start(here('fastify-server.mjs'))
    using standing = start(here('provider.mjs'), { args: [registry] })
    const { address } = await server.said<{ address: string }>(30_000)
    await standing.said(30_000)
    const taken: Times[] = []
    for (let i = 0; i < rounds; i++) {
      taken.push({
        node: await until('empty.mjs'),
        fastify: await until('fastify-server.mjs'),
        provider: await until('provider.mjs', other),
        undici: await until('undici-client.mjs', address),
        'consumer, http': await until('consumer.mjs', registry, 'http'),
        'consumer, stream': await until('consumer.mjs', registry, 'stream'),
      })
    }
    return taken
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function until(script: string, ...args: readonly string[]): Promise<number> {
  const startedAt = systemClock.now()
  using one = start(here(script), { args })
  await one.said(30_000)
  return systemClock.now() - startedAt
}

/** How long the import of an entry takes in a process that has imported nothing yet, in ms. */
export async function importMs(specifier: string): Promise<number> {
  using one = start(here('import.mjs'), { args: [specifier] })
  return (await one.said<{ ms: number }>(30_000)).ms
}
