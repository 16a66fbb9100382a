import type { Clock, Store } from '@kumquat/core'
import { describeUrl, open } from '@kumquat/registry'
import { until } from './until.ts'

export interface OpenAnsweringOptions {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Opens the registry and waits for its first answer: a demo has nothing to show without. */
export async function openAnswering(url: string, { clock, signal }: OpenAnsweringOptions): Promise<Store> {
  const store = await open(url, { clock })
  try {
    await until([store.session], () => store.session.current === 'connected' || undefined, {
      clock,
      signal,
      withinMs: ANSWER_MS,
      otherwise: () => `the registry ${describeUrl(url)} does not answer; start it, or try without --registry`,
    })
    return store
  } catch (error) {
    await store[Symbol.asyncDispose]()
    throw error
  }
}

const ANSWER_MS = 10_000
