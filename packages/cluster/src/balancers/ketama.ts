import { type Rng, systemRng } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'
import type { Digest } from '../hashes/hash.ts'
import { md5 } from '../hashes/md5.ts'
import { byArgument, type Key } from '../keys/keys.ts'
import { onRing } from '../rings/on-ring.ts'
import { weightsOf } from '../tables/weights.ts'

export interface KetamaOptions {
  /** What must stay with one peer, e.g. a user id. Default: the first argument. */
  readonly key?: Key
  /** For keys, and for the points of peers. Default `md5`. */
  readonly hash?: Digest
  /** Digests of a peer of average weight, 1 to 10 000. Default 40. */
  readonly digests?: number
  /**
   * Points of each digest, of four bytes each, as many as it has bytes for. Default 4, so that there are 160 in all.
   */
  readonly replicas?: number
  /**
   * Bounded load: how many times its fair share of all calls in flight a peer may have, 1 or more, before keys walk on
   * to the next; `true` = 1.25. Default false: a key stays where it is, however busy the peer.
   */
  readonly bound?: number | boolean
  /** For calls without a key. */
  readonly rng?: Rng
}

/**
 * Sends equal keys to the same peer: the very one where libketama, npm `hashring` and clients of memcached like them
 * look for it, names being `host:port`. R. Jones, "libketama: Consistent Hashing library for memcached clients", 2007
 * (`ketama.c`). A peer has floor(share of weight × 40 × peers) digests of `host:port-i`, four points each: 160 points
 * where all weights are equal. One that weighs less than a fortieth of the average has none, and a change of weight
 * moves keys of others too: where nobody else reads the ring, `consistentHash` is steadier. While a peer is not open,
 * its keys go to the next on the ring.
 */
export function ketama({
  key = byArgument(0),
  hash = md5,
  digests = 40,
  replicas = 4,
  bound = false,
  rng = systemRng,
}: KetamaOptions = {}): Balancer {
  if (!Number.isInteger(digests) || digests < 1 || digests > 10_000) {
    throw new RangeError(`digests must be an integer from 1 to 10000, got ${digests}`)
  }
  const room = Math.floor(hash('').length / 4)
  if (!Number.isInteger(replicas) || replicas < 1 || replicas > room) {
    throw new RangeError(
      `replicas must be an integer from 1 to ${room}, for which the digest has bytes, got ${replicas}`,
    )
  }
  return onRing({
    key,
    bound,
    rng,
    position: (text) => point(hash(text), 0),
    members(peers) {
      const counts = digestsOf(weightsOf(peers), digests)
      return peers.map(({ record }, index) => {
        const positions = new Uint32Array(counts[index]! * replicas)
        for (let i = 0; i < positions.length; i += replicas) {
          const digest = hash(`${record.id}-${i / replicas}`)
          for (let replica = 0; replica < replicas; replica++) positions[i + replica] = point(digest, replica)
        }
        return { name: record.id, positions }
      })
    },
  })
}

function digestsOf(weights: readonly number[], digests: number): readonly number[] {
  const weighty = weights.filter((weight) => weight > 0)
  // What equal weights have must not hang on rounding, or all keys stir when an eighth peer joins seven.
  if (weighty.every((weight) => weight === weighty[0])) return weights.map((weight) => (weight > 0 ? digests : 0))
  const total = weights.reduce((sum, weight) => sum + weight)
  // In this order and no other, so that rounding goes as it goes in hashring.
  return weights.map((weight) => Math.floor((weight / total) * digests * weighty.length))
}

/** The n-th four bytes of a digest, little-endian. */
const point = (digest: Uint8Array, n: number): number =>
  ((digest[4 * n + 3]! << 24) | (digest[4 * n + 2]! << 16) | (digest[4 * n + 1]! << 8) | digest[4 * n]!) >>> 0
