/** The value of `server-timing` for so many ms. In hundredths, since those that occur are soon known, and a new one costs a header twice as much. */
export function serverTiming(ms: number): string {
  const hundredths = Math.round(ms * 100)
  if (hundredths >= KEPT) return written(hundredths)
  return (known[hundredths] ??= written(hundredths))
}

const written = (hundredths: number): string => `total;dur=${hundredths / 100}`

/** Up to 20 ms. */
const KEPT = 2_000
const known: string[] = new Array(KEPT)
