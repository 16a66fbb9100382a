import type { Clock, Entry, Logger, Store, Watch } from '@kumquat/core'
import { printable } from './printable.ts'

const RETRY_MS = 1_000

export interface LastingWatchOptions {
  readonly logger: Logger
  readonly clock: Clock
}

/** A watch that is begun again until it stands, for those who can wait. Tells every set, the first one included. */
export function lastingWatch(
  store: Store,
  path: string,
  tell: (entries: readonly Entry[]) => void,
  { logger, clock }: LastingWatchOptions,
): Disposable {
  let ended = false
  let watch: Watch<readonly Entry[]> | undefined
  let retry: Disposable | undefined

  const begin = async (): Promise<void> => {
    try {
      watch = await store.watch(path)
    } catch (error) {
      logger.debug({ path, error }, `could not watch ${printable(path)} yet; trying again`)
      if (!ended && store.session.current !== 'closed') retry = clock.after(RETRY_MS, () => void begin())
      return
    }
    if (ended) return watch[Symbol.asyncDispose]()
    watch.subscribe((entries) => !ended && tell(entries))
    tell(watch.current)
  }
  void begin()
  return {
    [Symbol.dispose]() {
      ended = true
      retry?.[Symbol.dispose]()
      void watch?.[Symbol.asyncDispose]()
    },
  }
}
