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

/** Lays out a ring. At least one member must have points. A look-up costs O(1). */
export function hashRing(members: readonly RingMember[]): HashRing {
  const { positions, owners } = layOut(members)
  // As many slots as points, so that few steps are left from the first point at or after a slot.
  const bits = Math.min(20, Math.ceil(Math.log2(positions.length + 1)))
  const slots = firstPoints(positions, bits)
  return {
    owners,
    at(position) {
      let point = slots[position >>> (32 - bits)]!
      while (point < positions.length && positions[point]! < position) point++
      return point === positions.length ? 0 : point
    },
  }
}

/** More than the members of any set; with 32 bits of position before it still an exact number. */
const RANKS = 2 ** 20

function layOut(members: readonly RingMember[]): { positions: Uint32Array; owners: Uint32Array } {
  const byName = members.map((_, index) => index).sort((a, b) => (members[a]!.name < members[b]!.name ? -1 : 1))
  const points = new Float64Array(members.reduce((sum, member) => sum + member.positions.length, 0))
  let filled = 0
  // One number a point, position before owner: a plain numeric sort orders them.
  for (const [rank, index] of byName.entries()) {
    for (const position of members[index]!.positions) points[filled++] = position * RANKS + rank
  }
  points.sort()
  const positions = new Uint32Array(points.length)
  const owners = new Uint32Array(points.length)
  for (let i = 0; i < points.length; i++) {
    positions[i] = points[i]! / RANKS
    owners[i] = byName[points[i]! % RANKS]!
  }
  return { positions, owners }
}

/** For each slot of 2^bits equal ones, the index of the first point in it or after it. */
function firstPoints(positions: Uint32Array, bits: number): Uint32Array {
  const slots = new Uint32Array(2 ** bits)
  let point = 0
  for (let slot = 0; slot < slots.length; slot++) {
    while (point < positions.length && positions[point]! >>> (32 - bits) < slot) point++
    slots[slot] = point
  }
  return slots
}
