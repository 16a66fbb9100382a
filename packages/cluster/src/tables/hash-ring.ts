/** Points on a circle of 2^32 positions, each with its owner. */
export interface HashRing {
  /** The index of the member that owns each point, in the order of positions. */
  readonly owners: Uint32Array
  /** Which point comes first at or after a position; after the last comes the first. */
  at(position: number): number
}

export interface RingMember {
  /** Where two points coincide the lower name comes first, whatever the order of the members. */
  readonly name: string
  /** Its points: its share of the keys. */
  readonly positions: Uint32Array
}

/**
 * Lays out a ring, of at least one point. The circle is divided into as many slots as there are points, so that both to
 * lay out a point and to look a position up take O(1), few points being in one slot.
 */
export function hashRing(members: readonly RingMember[]): HashRing {
  const size = members.reduce((sum, { positions }) => sum + positions.length, 0)
  const bits = Math.min(MAX_BITS, Math.ceil(Math.log2(size + 1)))
  const shift = 32 - bits
  const starts = startsOf(members, bits)
  const ends = starts.slice()
  const points = new Uint32Array(size)
  const owners = new Uint32Array(size)
  const byName = [...members.entries()].sort(([, a], [, b]) => (a.name < b.name ? -1 : 1))
  for (const [owner, { positions }] of byName) {
    for (let i = 0; i < positions.length; i++) {
      const position = positions[i]!
      const slot = position >>> shift
      let hole = ends[slot]!++
      for (; hole > starts[slot]! && points[hole - 1]! > position; hole--) {
        points[hole] = points[hole - 1]!
        owners[hole] = owners[hole - 1]!
      }
      points[hole] = position
      owners[hole] = owner
    }
  }
  return {
    owners,
    at(position) {
      let point = starts[position >>> shift]!
      while (point < size && points[point]! < position) point++
      return point === size ? 0 : point
    },
  }
}

const MAX_BITS = 20

/** For each slot of 2^bits equal ones, how many points come before it. */
function startsOf(members: readonly RingMember[], bits: number): Uint32Array {
  const starts = new Uint32Array(2 ** bits)
  for (const { positions } of members) {
    for (let i = 0; i < positions.length; i++) starts[positions[i]! >>> (32 - bits)]! += 1
  }
  let before = 0
  for (let slot = 0; slot < starts.length; slot++) {
    const own = starts[slot]!
    starts[slot] = before
    before += own
  }
  return starts
}
