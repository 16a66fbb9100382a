/** Returns `value`, or throws `RangeError` naming it and its range. */
export function integerIn(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value
  throw new RangeError(`${name} must be an integer from ${least} to ${most}, got ${value}`)
}
