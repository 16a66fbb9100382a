import type { Clock, Live } from '@kumquat/core'

export interface UntilOptions {
  readonly clock: Clock
  readonly withinMs: number
  /** What is said when it takes longer. */
  readonly otherwise: () => string
  readonly signal?: AbortSignal
}

/** Resolves as soon as `found` answers something for the values of `sources`; rejects at the bound, or on abort. */
export function until<T>(
  sources: readonly Live<unknown>[],
  found: () => T | undefined,
  { clock, withinMs, otherwise, signal }: UntilOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const open: Disposable[] = []
    const settle = (end: () => void): void => {
      for (const one of open) one[Symbol.dispose]()
      signal?.removeEventListener('abort', abort)
      end()
    }
    const abort = (): void => settle(() => reject(signal?.reason))
    const look = (): void => {
      try {
        const value = found()
        if (value !== undefined) settle(() => resolve(value))
      } catch (error) {
        settle(() => reject(error))
      }
    }
    open.push(clock.after(withinMs, () => settle(() => reject(new Error(otherwise()))), { keepAlive: true }))
    for (const source of sources) open.push(source.subscribe(look))
    signal?.addEventListener('abort', abort)
    if (signal?.aborted) abort()
    else look()
  })
}
