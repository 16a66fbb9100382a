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

/**
 * Asks an end that is silent for a sign of life, and gives it up before it has been silent for twice the heartbeat. It waits in
 * steps: one that comes late does not count, for then we were held up ourselves, and what came meanwhile is read first.
 */
export function heartbeat({ heartbeatMs, heardAt, ping, dead, clock }: HeartbeatOptions): Disposable {
  const stepMs = heartbeatMs / (STEPS + 1)
  let timer: Disposable
  /** Of the wait for an answer; 0 = not asked. */
  let stepsLeft = 0
  const look = (dueAt: number): void => {
    const now = clock.now()
    const silentMs = now - heardAt()
    if (silentMs < heartbeatMs) {
      stepsLeft = 0
      wait(heartbeatMs - silentMs)
    } else if (stepsLeft === 0) {
      stepsLeft = STEPS
      ping()
      wait(stepMs)
    } else {
      if (now - dueAt < stepMs / 2) stepsLeft--
      if (stepsLeft === 0) dead()
      else wait(stepMs)
    }
  }
  const wait = (ms: number): void => {
    const dueAt = clock.now() + ms
    timer = clock.after(ms, () => look(dueAt))
  }
  wait(heartbeatMs)
  return { [Symbol.dispose]: () => timer[Symbol.dispose]() }
}

/** Asking and waiting take less than two heartbeats. */
const STEPS = 9
