export interface RingMember {
  readonly name: string
  /** Points on the ring: its share of the keys. */
  readonly points: number
}

/** Answers with the index of the member whose point comes first at or after the hash of a key. */
export function hashRing(members: readonly RingMember[]): (key: string) => number {
  // The order of members must not matter where two points coincide.
  const byName = members.map((_, index) => index).sort((a, b) => (members[a]!.name < members[b]!.name ? -1 : 1))
  // One number a point, position before owner: a plain numeric sort orders them.
  const packed = Float64Array.from(
    byName.flatMap((index, rank) => pointsOf(members[index]!).map((at) => at * RANKS + rank)),
  ).sort()
  const positions = Float64Array.from(packed, (point) => Math.floor(point / RANKS))
  const owners = Uint32Array.from(packed, (point) => byName[point % RANKS]!)
  // Slot s holds the first point at or after s/2^bits of the ring; as many slots as points, so few steps from there.
  const bits = Math.min(20, Math.ceil(Math.log2(positions.length + 1)))
  const slots = firstPoints(positions, bits)
  return (key) => {
    const at = hash(key)
    let point = slots[at >>> (32 - bits)]!
    while (point < positions.length && positions[point]! < at) point++
    return owners[point] ?? owners[0]!
  }
}

/** More than the members of any set, and small enough for 32 bits of position before it. */
const RANKS = 2 ** 20

const pointsOf = ({ name, points }: RingMember): number[] =>
  Array.from({ length: points }, (_, i) => hash(`${name}#${i}`))

function firstPoints(positions: Float64Array, bits: number): Uint32Array {
  let point = 0
  return Uint32Array.from({ length: 2 ** bits }, (_, slot) => {
    while (point < positions.length && positions[point]! < slot * 2 ** (32 - bits)) point++
    return point
  })
}

/** 32-bit FNV-1a over UTF-16 units, with murmur3's final mix for short keys that differ in their last unit. Unsigned. */
function hash(text: string): number {
  let bits = 0x811c9dc5
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193)
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}
