import {
  type Clock,
  type Filter,
  formatServiceKey,
  type Invocation,
  type Reply,
  RpcError,
  remainingMs,
} from '@kumquat/core'

/**
 * Refuses a call whose time is over before it runs, and gives up on one whose time ends while it runs: the method may go
 * on, its caller no longer waits.
 */
export function deadline<Call extends Invocation>(clock: Clock): Filter<Call, Reply> {
  return (next) => (call) => {
    const left = remainingMs(call, clock)
    if (left === Number.POSITIVE_INFINITY) return next(call)
    const name = `${formatServiceKey(call.service)}/${call.method}`
    if (left <= 0) {
      const message = `${name} was not run: its time was over when it arrived; allow it more, or ask why it was under way so long`
      return Promise.reject(new RpcError('deadline_exceeded', message, { outcome: 'not-run' }))
    }
    return new Promise((resolve, reject) => {
      const timer = clock.after(left, () => {
        const message = `${name} took longer than the ${Math.round(left)} ms its caller had left; it may still be running`
        reject(new RpcError('deadline_exceeded', message, { outcome: 'unknown' }))
      })
      next(call).then(
        (reply) => {
          timer[Symbol.dispose]()
          resolve(reply)
        },
        (error: unknown) => {
          timer[Symbol.dispose]()
          reject(error)
        },
      )
    })
  }
}
