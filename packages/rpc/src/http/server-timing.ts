/** The value of `server-timing` for so many ms: in hundredths, since those that occur are soon known, and a new one costs a header twice as much. */
export function serverTiming(ms: number): string {
  const hundredths = Math.round(ms * 100)
  const text = known[hundredths] ?? `total;dur=${hundredths / 100}`
  if (hundredths < KEPT) known[hundredths] = text
  return text
}

/** Up to 20 ms. */
const KEPT = 2_000
const known: string[] = []
