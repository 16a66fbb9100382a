import type { Rng } from '@kumquat/core'

/** Times by chance, in ms: how long a server works at a call, how late news arrives. */
export interface Distribution {
  /** What many draws come to on the average. */
  readonly meanMs: number
  draw(rng: Rng): number
}

/** Always the same. */
export function constant(ms: number): Distribution {
  const meanMs = time('ms', ms)
  return { meanMs, draw: () => meanMs }
}

/** Anything between two times. */
export function uniform(leastMs: number, mostMs: number): Distribution {
  const range = time('mostMs', mostMs) - time('leastMs', leastMs)
  if (range < 0) throw new RangeError(`mostMs must not be below leastMs, got ${mostMs} and ${leastMs}`)
  return { meanMs: leastMs + range / 2, draw: (rng) => leastMs + rng() * range }
}

/** Many short ones, few long ones: 1 of 100 takes 4.6 times the mean. The work of queueing theory. */
export function exponential(meanMs: number): Distribution {
  const mean = time('meanMs', meanMs)
  return { meanMs: mean, draw: (rng) => -mean * Math.log(1 - rng()) }
}

/** As measured of many services: a long tail. With `sigma` 1 (default), 1 of 100 takes 6.2 times the mean. */
export function lognormal(meanMs: number, sigma = 1): Distribution {
  if (!(sigma >= 0 && sigma < Number.POSITIVE_INFINITY)) throw new RangeError(`sigma must be 0 or more, got ${sigma}`)
  const scale = time('meanMs', meanMs) * Math.exp((-sigma * sigma) / 2)
  // Box and Muller, 1958.
  const normal = (rng: Rng): number => Math.sqrt(-2 * Math.log(1 - rng())) * Math.cos(2 * Math.PI * rng())
  return { meanMs, draw: (rng) => scale * Math.exp(sigma * normal(rng)) }
}

export interface BimodalOptions {
  readonly fastMs: number
  readonly slowMs: number
  /** 0 to 1. */
  readonly slowShare: number
}

/** Mostly fast, sometimes slow: a cache that hits or misses. */
export function bimodal({ fastMs, slowMs, slowShare }: BimodalOptions): Distribution {
  if (!(slowShare >= 0 && slowShare <= 1)) throw new RangeError(`slowShare must be 0 to 1, got ${slowShare}`)
  const meanMs = time('fastMs', fastMs) * (1 - slowShare) + time('slowMs', slowMs) * slowShare
  return { meanMs, draw: (rng) => (rng() < slowShare ? slowMs : fastMs) }
}

function time(name: string, ms: number): number {
  if (ms >= 0 && ms < Number.POSITIVE_INFINITY) return ms
  throw new RangeError(`${name} must be 0 or more and finite, got ${ms}`)
}
