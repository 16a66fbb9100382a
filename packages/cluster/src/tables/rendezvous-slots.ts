import { mix } from '../hashes/mix.ts'

export interface RendezvousMember {
  /** Decides between equal scores, whatever the order of the members. */
  readonly name: string
  /** 0 or more; not all 0. */
  readonly weight: number
  /** Two independent numbers of 32 bits that stand for the name. */
  readonly seeds: readonly [number, number]
}

/**
 * The index of the member that wins a slot of `slots`: each draws a number from its name and the slot, and of
 * −weight / ln(number) the greatest wins (Thaler, Ravishankar 1998; weighted: Schindelhauer, Schomaker 2005). Everybody is
 * asked once for each slot, when it is first wanted; who won is remembered. So a slot costs O(n) once and O(1) from then on.
 */
export function rendezvousSlots(members: readonly RendezvousMember[], slots: number): (slot: number) => number {
  // Of those of one weight the greatest number wins: one logarithm for each weight, not for each member.
  const inTurn = [...members.entries()]
    .filter(([, { weight }]) => weight > 0)
    .sort(([, a], [, b]) => a.weight - b.weight || (a.name < b.name ? -1 : 1))
  const weights = Float64Array.from(inTurn, ([, { weight }]) => weight)
  const seeds = Uint32Array.from(inTurn, ([, member]) => member.seeds[0])
  const others = Uint32Array.from(inTurn, ([, member]) => member.seeds[1])
  const winners = new Uint32Array(slots)

  const decide = (slot: number): number => {
    const salt = mix(slot + 1)
    let winner = 0
    let best = Number.NEGATIVE_INFINITY
    for (let turn = 0; turn < inTurn.length; ) {
      const weight = weights[turn]!
      let champion = turn
      let most = -1
      for (; turn < inTurn.length && weights[turn] === weight; turn++) {
        const drawn = mix(mix(seeds[turn]! ^ salt) ^ others[turn]!)
        if (drawn > most) {
          most = drawn
          champion = turn
        }
      }
      const score = weight / -Math.log((most + 0.5) / 2 ** 32)
      if (score > best) {
        best = score
        winner = champion
      }
    }
    return inTurn[winner]![0]
  }
  return (slot) => {
    // 0 is what nobody has won yet.
    const known = winners[slot]!
    if (known > 0) return known - 1
    const winner = decide(slot)
    winners[slot] = winner + 1
    return winner
  }
}
