import { type Clock, sleep } from '@kumquat/core'
import type { Caller } from './caller.ts'
import { figuresBetween } from './figures.ts'
import type { ProviderView } from './provider-view.ts'
import type { Screen } from './screen.ts'

export interface Run {
  readonly caller: Caller
  readonly providers: () => readonly ProviderView[]
  readonly registry: string
  readonly dashboard: string
}

export interface WatchRunOptions {
  readonly screen: Screen
  readonly clock: Clock
  readonly signal: AbortSignal
  /** `Infinity`: until the signal. */
  readonly seconds: number
}

/** Shows what is going on, a second at a time, until the time is over, the signal aborts or the consumer has ended. */
export async function watchRun(
  { caller, providers, ...known }: Run,
  { screen, clock, signal, seconds }: WatchRunOptions,
): Promise<void> {
  const endAt = clock.now() + seconds * 1_000
  let before = caller.latest
  for (let left = seconds * 1_000; left > LEAST_MS && caller.running && !signal.aborted; left = endAt - clock.now()) {
    await sleep(clock, Math.min(left, SECOND_MS), signal)
    const { tally, elapsedMs } = caller.latest
    const figures = figuresBetween(before.tally, tally, elapsedMs - before.elapsedMs)
    screen.show({ elapsedMs, figures, tally, providers: providers(), ...known })
    before = caller.latest
  }
}

const SECOND_MS = 1_000
/** A shorter rest is not worth a line of its own. */
const LEAST_MS = 100
