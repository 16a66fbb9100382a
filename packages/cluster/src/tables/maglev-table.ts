export interface MaglevMember {
  /** Decides who goes first, whatever the order of the members. */
  readonly name: string
  /** 0 or more; not all 0. */
  readonly weight: number
  /** Two independent numbers of 32 bits: where its preferences begin, and how far apart they are. */
  readonly seeds: readonly [number, number]
}

/**
 * The index of the member that owns each of `size` slots, `size` being a prime. Eisenbud et al., "Maglev: A Fast and
 * Reliable Software Network Load Balancer", 2016, §3.4: each member prefers the slots in an order of its own, and they take
 * turns to take the best that is left. By weight as Envoy does (`maglev_lb.cc`): the heaviest has a turn in every round,
 * one of a third of its weight in every third.
 */
export function maglevTable(members: readonly MaglevMember[], size: number): Uint32Array {
  const heaviest = members.reduce((most, { weight }) => Math.max(most, weight), 0)
  const inTurn = [...members.entries()]
    .filter(([, { weight }]) => weight > 0)
    .sort(([, a], [, b]) => (a.name < b.name ? -1 : 1))
  const rounds = Float64Array.from(inTurn, ([, { weight }]) => heaviest / weight)
  const due = rounds.slice()
  const slots = Uint32Array.from(inTurn, ([, { seeds }]) => (seeds[0] >>> 0) % size)
  const skips = Uint32Array.from(inTurn, ([, { seeds }]) => ((seeds[1] >>> 0) % (size - 1)) + 1)
  const table = new Uint32Array(size).fill(FREE)
  let free = size
  for (let round = 1; ; round++) {
    for (let turn = 0; turn < inTurn.length; turn++) {
      if (due[turn]! > round) continue
      due[turn]! += rounds[turn]!
      let slot = slots[turn]!
      const skip = skips[turn]!
      while (table[slot] !== FREE) slot = slot + skip < size ? slot + skip : slot + skip - size
      table[slot] = inTurn[turn]![0]
      slots[turn] = slot
      if (--free === 0) return table
    }
  }
}

const FREE = 0xffffffff
