import type { Member } from './members.ts'

/**
 * Tables of `slots` (a power of 2, 16 or more) slots, each with the index of the member that wins it. In rendezvous
 * hashing each member draws a uniform number u for each slot, and the least of −ln(u) / weight wins (Thaler,
 * Ravishankar 1998; with weights Schindelhauer, Schomaker 2005). Here a member's draws for all slots are a permutation
 * of the slots, so that it can name its best ones one by one: nobody asks every member about every slot, and a table
 * costs about slots × ln(slots) steps for any number of members. Who wins a slot depends on the names and weights of
 * members, on nothing else; of equal draws the first wins.
 */
export function rendezvousTables(slots: number): (members: readonly Member[]) => Uint32Array {
  const draws = Float64Array.from({ length: slots }, (_, rank) => -Math.log(1 - (rank + 0.5) / slots))
  return (members) => {
    const owners = new Uint32Array(slots)
    const best = new Float64Array(slots).fill(Number.POSITIVE_INFINITY)
    const inTurn = members.map(({ owner, weight, seeds }) => {
      return { owner, weight, slotAt: permutation(seeds, slots), rank: 0 }
    })
    const total = inTurn.reduce((sum, { weight }) => sum + weight, 0)
    let free = slots
    // All draws below a limit, then below a higher one: what has an owner after a round has it for good.
    for (let round = 1; free > 0; round++) {
      const limit = round / total
      for (const member of inTurn) {
        const { owner, weight, slotAt } = member
        for (; member.rank < slots; member.rank++) {
          const draw = draws[member.rank]! / weight
          if (draw > limit) break
          const slot = slotAt(member.rank)
          if (draw >= best[slot]!) continue
          if (best[slot] === Number.POSITIVE_INFINITY) free--
          best[slot] = draw
          owners[slot] = owner
        }
      }
    }
    return owners
  }
}

/** One of many permutations of 0 to size − 1, size being a power of 2: each step is one to one on so many bits. */
function permutation([first, second]: readonly [number, number], size: number): (index: number) => number {
  const mask = size - 1
  const half = (32 - Math.clz32(mask) + 1) >> 1
  const factor = second | 1
  return (index) => {
    let bits = (index + first) & mask
    bits = Math.imul(bits ^ (bits >>> half), factor) & mask
    bits = (bits ^ (bits >>> half)) + (first >>> 16)
    bits = Math.imul(bits & mask, 0x9e3779b1) & mask
    return bits ^ (bits >>> half)
  }
}
