import type { Rng } from '@kumquat/core'

/**
 * nginx's smooth weighted round robin (ngx_http_upstream_round_robin.c): each turn everyone gains its weight, the richest
 * is chosen and pays the total. The order repeats after total/gcd turns, so it is laid out once. Starts anywhere in it.
 * Undefined if that would take too long.
 */
export function smoothSequence(weights: readonly number[], rng: Rng): (() => number) | undefined {
  const divisor = weights.reduce(gcd)
  const parts = weights.map((weight) => weight / divisor)
  const period = parts.reduce((sum, part) => sum + part)
  if (period * weights.length > MAX_STEPS) return undefined
  const order = layOut(parts, period)
  let turn = Math.floor(rng() * period) % period
  return () => {
    const index = order[turn]!
    turn = (turn + 1) % period
    return index
  }
}

/** About 20 µs of work. */
const MAX_STEPS = 16_384

const gcd = (a: number, b: number): number => (b === 0 ? a : gcd(b, a % b))

function layOut(weights: readonly number[], period: number): Uint16Array {
  const credit = new Int32Array(weights.length)
  const order = new Uint16Array(period)
  for (let turn = 0; turn < period; turn++) {
    let richest = 0
    for (let i = 0; i < weights.length; i++) {
      credit[i]! += weights[i]!
      if (credit[i]! > credit[richest]!) richest = i
    }
    credit[richest]! -= period
    order[turn] = richest
  }
  return order
}
