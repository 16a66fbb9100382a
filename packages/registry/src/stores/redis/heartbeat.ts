import { type Clock, every } from '@kumquat/core'

export interface HeartbeatOptions {
  readonly clock: Clock
  readonly sessionTimeoutMs: number
  /** Tells the server that we live. Resolves with whether the session still is, or undefined without an answer. */
  readonly beat: () => Promise<boolean | undefined>
  /** The session is over. */
  readonly lost: () => void
  /** No answer for two thirds of the time-out, whatever the driver believes of its connection. */
  readonly silent: () => void
}

/** Signs of life, three in the time of a session, and a dead-man's switch over their answers. Dispose to stop. */
export function heartbeat({ clock, sessionTimeoutMs, beat, lost, silent }: HeartbeatOptions): Disposable {
  let stopped = false
  let deadMan = clock.after((2 / 3) * sessionTimeoutMs, silent)
  const beats = every(clock, sessionTimeoutMs / 3, async () => {
    const alive = await beat()
    if (stopped || alive === undefined) return
    deadMan[Symbol.dispose]()
    deadMan = clock.after((2 / 3) * sessionTimeoutMs, silent)
    if (!alive) lost()
  })
  return {
    [Symbol.dispose]() {
      stopped = true
      beats[Symbol.dispose]()
      deadMan[Symbol.dispose]()
    },
  }
}
