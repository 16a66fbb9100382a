/** Throws `RangeError` with the name and the value of an option that is not a number from `least` to `most`. */
export function assertWithin(name: string, value: number, least: number, most: number): void {
  if (value >= least && value <= most) return
  throw new RangeError(`${name} must be a number from ${least} to ${most}, got ${value}`)
}

/** What a timer of Node can hold. */
export const MAX_TIMER_MS: number = 2 ** 31 - 1
