import type { Clock } from '@kumquat/core'

export interface HeartbeatOptions {
  /** Silence after which the other end is asked for a sign of life. 100 to 3 600 000. */
  readonly heartbeatMs: number
  /** When something last came. */
  readonly heardAt: () => number
  readonly ping: () => void
  /** The other end is taken for dead. */
  readonly dead: () => void
  readonly clock: Clock
}

/** Asks an end that is silent for a sign of life, and gives it up before it has been silent for twice the heartbeat. */
export function heartbeat({ heartbeatMs, heardAt, ping, dead, clock }: HeartbeatOptions): Disposable {
  let timer: Disposable
  let asked = false
  const look = (dueAt: number): void => {
    const now = clock.now()
    const silentMs = now - heardAt()
    if (silentMs < heartbeatMs) {
      asked = false
      wait(heartbeatMs - silentMs)
    } else if (!asked) {
      asked = true
      ping()
      wait(heartbeatMs * GRACE)
    } else if (now - dueAt > (heartbeatMs * GRACE) / 2) {
      // We were held up ourselves: what has come meanwhile is read first.
      wait(heartbeatMs / 4)
    } else dead()
  }
  const wait = (ms: number): void => {
    const dueAt = clock.now() + ms
    timer = clock.after(ms, () => look(dueAt))
  }
  wait(heartbeatMs)
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}

/** The part of a heartbeat in which a sign of life must come: asking and waiting take less than two. */
const GRACE = 0.9
