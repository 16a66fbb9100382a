import type { Clock } from '@kumquat/core'
import { boundedCache } from '../bounded-cache.ts'

export interface SeenNoncesOptions {
  /** How far the time of a call may be from ours, either way. */
  readonly windowMs: number
  readonly max: number
  readonly clock: Clock
}

/** Remembers the nonces of one key for as long as their calls could be replayed. */
export interface SeenNonces {
  /** Whether a call of that time and nonce is the first; from now on it is not. */
  first(nonce: string, at: number): boolean
}

/**
 * When there is no room for another nonce the eldest goes, and with it every call that is not later: so a replay is never
 * let in, and a burst narrows the window instead of failing.
 */
export function seenNonces({ windowMs, max, clock }: SeenNoncesOptions): SeenNonces {
  let forgottenUntil = Number.NEGATIVE_INFINITY
  const seen = boundedCache<{ readonly at: number }>({
    max,
    ttlMs: 2 * windowMs + 1, // a call may be as much ahead of us as it may be behind
    clock,
    onEvict: (_, { at }) => {
      forgottenUntil = Math.max(forgottenUntil, at)
    },
  })
  return {
    first(nonce, at) {
      if (at <= forgottenUntil || seen.has(nonce)) return false
      seen.set(nonce, { at })
      return true
    },
  }
}
