import type { Clock } from '@kumquat/core'

/** The exit status of a program that was interrupted. */
export const STATUS_INTERRUPTED = 130

/**
 * Aborts on the first Ctrl-C, SIGTERM or SIGHUP, and when nobody reads our output any more; a second signal ends the
 * process at once. One keystroke may arrive several times, from the terminal and from each process between it and us.
 */
export function interruption(clock: Clock): AbortSignal {
  const controller = new AbortController()
  let firstAt = Number.POSITIVE_INFINITY
  const receive = (): void => {
    const now = clock.now()
    if (now - firstAt > SAME_KEYSTROKE_MS) process.exit(STATUS_INTERRUPTED)
    firstAt = Math.min(firstAt, now)
    controller.abort()
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, receive)
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => controller.abort())
  return controller.signal
}

const SAME_KEYSTROKE_MS = 500
