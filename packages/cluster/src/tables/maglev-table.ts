import type { Member } from './members.ts'

/**
 * The index of the member that owns each of `size` slots, `size` being a prime. Eisenbud et al., "Maglev: A Fast and
 * Reliable Software Network Load Balancer", 2016, §3.4: each member prefers the slots in an order of its own, and they take
 * turns to take the best that is left. By weight as Envoy does (`maglev_lb.cc`): the heaviest has a turn in every round,
 * one of a third of its weight in every third.
 */
export function maglevTable(members: readonly Member[], size: number): Uint32Array {
  const heaviest = members.reduce((most, { weight }) => Math.max(most, weight), 0)
  const inTurn = members.map(({ owner, weight, seeds: [first, second] }) => {
    const rounds = heaviest / weight
    return { owner, rounds, due: rounds, slot: first % size, skip: (second % (size - 1)) + 1 }
  })
  const table = new Uint32Array(size).fill(FREE)
  let free = size
  for (let round = 1; ; round++) {
    for (const member of inTurn) {
      if (member.due > round) continue
      member.due += member.rounds
      let { slot } = member
      while (table[slot] !== FREE) slot = (slot + member.skip) % size
      table[slot] = member.owner
      member.slot = slot
      if (--free === 0) return table
    }
  }
}

const FREE = 0xffffffff
