import type { Clock, Rng } from '@kumquat/core'

export interface ScrapeOptions<T> {
  /** Read anew at the beginning of each round. */
  readonly targets: () => readonly T[]
  /** Asks one; resolves to whether it answered. Must not reject. */
  readonly ask: (target: T) => Promise<boolean>
  /** Told at the end of each round. */
  readonly onRound: (round: { readonly answered: number; readonly asked: number }) => void
  /** Pause between two rounds, in ms; each is longer or shorter by up to a tenth. */
  readonly everyMs: number
  /** Most targets asked at the same time. */
  readonly atOnce: number
  readonly clock: Clock
  readonly rng: Rng
}

/** Asks all targets again and again, a round at a time, until disposed. The first round begins at once. */
export function scrape<T>({ targets, ask, onRound, everyMs, atOnce, clock, rng }: ScrapeOptions<T>): Disposable {
  let stopped = false
  let pause: Disposable | undefined
  const round = async (): Promise<void> => {
    const queue = [...targets()]
    const asked = queue.length
    let answered = 0
    const work = async (): Promise<void> => {
      for (let target = queue.shift(); target !== undefined && !stopped; target = queue.shift()) {
        if (await ask(target)) answered++
      }
    }
    await Promise.all(Array.from({ length: Math.min(atOnce, asked) }, work))
    if (stopped) return
    onRound({ answered, asked })
    pause = clock.after(everyMs * (0.9 + 0.2 * rng()), () => void round())
  }
  void round()
  return {
    [Symbol.dispose]() {
      stopped = true
      pause?.[Symbol.dispose]()
    },
  }
}
