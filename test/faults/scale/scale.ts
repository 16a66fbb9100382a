import { systemClock, uniqueId } from '@kumquat/core'
import { eventually } from '@kumquat/core/testing'
import type { BackendName, Ground } from '../grounds/ground.ts'
import { lasting } from '../scene.ts'
import { built } from './built.ts'
import { type Company, company } from './company.ts'
import { PROVIDERS, type ScaleWord, SERVICES } from './messages.ts'

/** What a crowd of 10 000 providers costs 20 consumers that watch them all. */
export interface ScaleRow {
  readonly backend: BackendName
  readonly providers: number
  readonly consumers: number
  /** From a consumer's start to its first full set: the fastest and the slowest, in ms. */
  readonly fullMs: readonly [least: number, most: number]
  /** From the order of one change until every consumer had it, in ms. */
  readonly changeMs: { readonly p50: number; readonly p99: number; readonly changes: number }
  /** Of a process with one consumer, and of the child that talks to ZooKeeper for it, in MiB. The bound is for the first. */
  readonly rssMiB: number
  readonly childRssMiB: number
  readonly broken: readonly string[]
  readonly kept: boolean
}

const CROWDS = 4
/** Consumers per process: the first is measured alone. */
const WATCHERS: readonly number[] = [1, 5, 7, 7]
const CONSUMERS = WATCHERS.reduce((sum, one) => sum + one, 0)
const CHANGES = 100
/** Fifty processes on two cores are to be no reason for a session to end. */
const TTL_MS = 15_000
const SETTLE_MS = 10_000
const PATIENCE_MS = 180_000
const CHANGE_P99_MS = 1_000
const RSS_MIB = 250

/** Fills a registry, watches all of it from everywhere, and changes one provider after another. */
export async function scale(ground: Ground): Promise<ScaleRow> {
  const companies: Company[] = []
  try {
    return await measured(ground, companies)
  } finally {
    await Promise.all(companies.map((one) => one[Symbol.asyncDispose]()))
  }
}

async function measured(ground: Ground, companies: Company[]): Promise<ScaleRow> {
  const url = `${ground.url(`scale-${uniqueId()}`, undefined, TTL_MS)}&operationTimeoutMs=${PATIENCE_MS}`
  const crowds = await registerAll(url, companies)
  const full: number[] = []
  const seen = new Map<number, number>()
  let [rssBytes, childRssBytes] = [0, 0]
  const heard = (word: ScaleWord): void => {
    if ('fullMs' in word) full.push(word.fullMs)
    else if ('seen' in word) seen.set(word.seen, (seen.get(word.seen) ?? 0) + 1)
    else if ('rssBytes' in word) [rssBytes, childRssBytes] = [word.rssBytes, word.childrenRssBytes]
  }
  const script = await built('watchers')
  const watchers = WATCHERS.map((count) => company(script, [url, String(count)], heard))
  companies.push(...watchers)
  await until(
    () => full.length === CONSUMERS,
    () => `only ${full.length} of ${CONSUMERS} consumers have all providers`,
  )

  // Whoever was last to be full has just read ten thousand records: what a change costs is asked of those at rest.
  await lasting(SETTLE_MS)
  const times: number[] = []
  for (let change = 0; change < CHANGES; change += 1) {
    const since = systemClock.now()
    crowds[change % crowds.length]?.order({ change })
    await until(
      () => seen.get(change) === CONSUMERS,
      () => `only ${seen.get(change) ?? 0} consumers saw change ${change}`,
    )
    times.push(systemClock.now() - since)
    await lasting(20)
  }
  watchers[0]?.order({ measure: true })
  await until(
    () => rssBytes > 0,
    () => 'no consumer tells its size',
  )
  return judged({
    ...{ backend: ground.name, providers: PROVIDERS, consumers: CONSUMERS },
    fullMs: [Math.round(Math.min(...full)), Math.round(Math.max(...full))],
    changeMs: { p50: quantile(times, 0.5), p99: quantile(times, 0.99), changes: CHANGES },
    rssMiB: Math.round(rssBytes / 2 ** 20),
    childRssMiB: Math.round(childRssBytes / 2 ** 20),
  })
}

function judged(row: Omit<ScaleRow, 'broken' | 'kept'>): ScaleRow {
  const broken = [
    ...(row.changeMs.p99 < CHANGE_P99_MS ? [] : [`a change took ${row.changeMs.p99} ms at p99, not ${CHANGE_P99_MS}`]),
    ...(row.rssMiB < RSS_MIB ? [] : [`a consumer takes ${row.rssMiB} MiB, not ${RSS_MIB}`]),
  ]
  return { ...row, broken, kept: broken.length === 0 }
}

async function registerAll(url: string, companies: Company[]): Promise<readonly Company[]> {
  let registered = 0
  const each = SERVICES / CROWDS
  const script = await built('crowd')
  const crowds = Array.from({ length: CROWDS }, (_, i) => {
    const args = [url, String(i * each), String((i + 1) * each)]
    return company(script, args, (word) => {
      if ('registered' in word) registered += word.registered
    })
  })
  companies.push(...crowds)
  await until(
    () => registered === PROVIDERS,
    () => `only ${registered} of ${PROVIDERS} providers are registered`,
  )
  return crowds
}

function until(holds: () => boolean, otherwise: () => string): Promise<void> {
  const check = (): void => {
    if (!holds()) throw new Error(otherwise())
  }
  return eventually(check, { withinMs: PATIENCE_MS, everyMs: 2 })
}

function quantile(times: readonly number[], q: number): number {
  const sorted = [...times].sort((a, b) => a - b)
  return Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? 0)
}
