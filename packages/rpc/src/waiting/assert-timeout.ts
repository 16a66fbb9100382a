/** Returns `timeoutMs`, or throws `RangeError` naming it. */
export function assertTimeout(name: string, timeoutMs: number): number {
  if (timeoutMs >= 1 && timeoutMs <= MAX_TIMER_MS) return timeoutMs
  throw new RangeError(`${name} must be from 1 to ${MAX_TIMER_MS} ms, got ${timeoutMs}`)
}

/** What a timer of Node can hold. */
const MAX_TIMER_MS = 2 ** 31 - 1
