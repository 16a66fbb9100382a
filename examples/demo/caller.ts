import type { Clock } from '@kumquat/core'
import { type Child, startChild } from './child.ts'
import type { Tally } from './tally.ts'
import { until } from './until.ts'

export interface ConsumerFacts {
  readonly registry: string
  readonly rate: number
}

export interface ConsumerSaid {
  readonly tally: Tally
  /** Time since the first call was due, or for which calls went out. */
  readonly elapsedMs: number
  /** Every call made has ended. */
  readonly final: boolean
}

/** The consumer process of the demo. */
export interface Caller extends AsyncDisposable {
  readonly latest: ConsumerSaid
  readonly running: boolean
  /** Lets the calls in flight end; resolves with the last word. */
  finish(): Promise<ConsumerSaid>
  kill(): void
}

export interface CallerOptions extends ConsumerFacts {
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** Starts it; resolves when it calls. */
export async function startCaller({ registry, rate, clock, signal }: CallerOptions): Promise<Caller> {
  const child: Child<ConsumerSaid> = startChild('./consumer-process.ts', { facts: { registry, rate }, clock })
  const said = (matches: (said: ConsumerSaid) => boolean, otherwise: string, signal?: AbortSignal) =>
    until(
      [child.said, child.ended],
      () => {
        if (child.said.current !== undefined && matches(child.said.current)) return child.said.current
        if (child.ended.current === undefined) return undefined
        throw new Error(`the consumer process ${child.pid} ended by itself: ${child.ended.current}`)
      },
      { clock, withinMs: WAIT_MS, otherwise: () => otherwise, ...(signal && { signal }) },
    )
  try {
    await said(() => true, `the consumer does not call after ${WAIT_MS / 1_000} s`, signal)
  } catch (error) {
    await child[Symbol.asyncDispose]()
    throw error
  }
  return {
    get latest() {
      return child.said.current!
    },
    get running() {
      return child.ended.current === undefined
    },
    finish() {
      child.send('stop')
      return said(({ final }) => final, `calls are still in flight after ${WAIT_MS / 1_000} s`)
    },
    kill: () => child.kill(),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  }
}

const WAIT_MS = 20_000
