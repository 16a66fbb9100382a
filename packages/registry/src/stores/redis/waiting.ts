import type { Clock, Live } from '@kumquat/core'

/** What `promise` answers; rejects when the clock stands at `bound` before that. Keeps the process alive. */
export function before<T>(bound: number, clock: Clock, promise: Promise<T>): Promise<T> {
  const withinMs = Math.max(0, bound - clock.now())
  return new Promise((resolve, reject) => {
    const late = (): void => reject(new Error(`no answer within ${Math.round(withinMs)} ms`))
    const timer = clock.after(withinMs, late, { keepAlive: true })
    promise.then(resolve, reject).finally(() => timer[Symbol.dispose]())
  })
}

/** What `live` is once that is `enough`, or what it still is at `bound`. Keeps the process alive. */
export function settled<T>(live: Live<T>, enough: (now: T) => boolean, clock: Clock, bound: number): Promise<T> {
  if (enough(live.current)) return Promise.resolve(live.current)
  return new Promise((resolve) => {
    const done = (): void => {
      subscription[Symbol.dispose]()
      timer[Symbol.dispose]()
      resolve(live.current)
    }
    const subscription = live.subscribe((now) => enough(now) && done())
    const timer = clock.after(Math.max(0, bound - clock.now()), done, { keepAlive: true })
  })
}
