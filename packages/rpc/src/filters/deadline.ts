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
    const leftMs = remainingMs(call, clock)
    if (leftMs === Number.POSITIVE_INFINITY) return next(call)
    if (leftMs <= 0) return Promise.reject(expired(call))
    return new Promise((resolve, reject) => {
      const timer = clock.after(leftMs, () => reject(tooLate(call, leftMs)))
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

function expired({ service, method }: Invocation): RpcError {
  const message = `${formatServiceKey(service)}/${method} was not run: its time was over when it arrived; allow it more, or ask why it was under way so long`
  return new RpcError('deadline_exceeded', message, { outcome: 'not-run' })
}

function tooLate({ service, method }: Invocation, leftMs: number): RpcError {
  const message = `${formatServiceKey(service)}/${method} took longer than the ${Math.round(leftMs)} ms its caller had left; it may still be running`
  return new RpcError('deadline_exceeded', message, { outcome: 'unknown' })
}
