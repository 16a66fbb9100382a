interface Member {
  readonly name: string
  /** Points on the ring: its share of the keys. */
  readonly points: number
}

/** Answers with the index of the member whose point comes first at or after the hash of a key. Members must have points. */
export function hashRing(members: readonly Member[]): (key: string) => number {
  const { positions, owners } = layOut(members)
  // As many slots as points, so that few steps are left from the first point at or after a slot.
  const bits = Math.min(20, Math.ceil(Math.log2(positions.length + 1)))
  const slots = firstPoints(positions, bits)
  return (key) => {
    const at = mix(fnv1a(key))
    let point = slots[at >>> (32 - bits)]!
    while (point < positions.length && positions[point]! < at) point++
    return owners[point] ?? owners[0]!
  }
}

/** More than the members of any set; with 32 bits of position before it still an exact number. */
const RANKS = 2 ** 20

function layOut(members: readonly Member[]): { positions: Uint32Array; owners: Uint32Array } {
  // Where two points coincide the name decides, not the order of the members.
  const byName = members.map((_, index) => index).sort((a, b) => (members[a]!.name < members[b]!.name ? -1 : 1))
  const points = new Float64Array(members.reduce((sum, member) => sum + member.points, 0))
  let filled = 0
  for (const [rank, index] of byName.entries()) {
    const { name, points: count } = members[index]!
    const seed = fnv1a(name)
    // One number a point, position before owner: a plain numeric sort orders them. The count is mixed before it meets
    // the seed, or two names of near seeds would share a run of points.
    for (let i = 0; i < count; i++) points[filled++] = mix(seed ^ mix(i + 1)) * RANKS + rank
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

/** 32 bits of FNV-1a over UTF-16 units. */
function fnv1a(text: string): number {
  let bits = 0x811c9dc5
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193)
  return bits
}

/** murmur3's final mix: spreads what differs in a few bits over all 32. Unsigned. */
function mix(bits: number): number {
  let mixed = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
