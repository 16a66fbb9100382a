import type { Member } from './members.ts'

/**
 * The index of the member that owns each of `size` slots, `size` being a prime. Eisenbud et al., "Maglev: A Fast and
 * Reliable Software Network Load Balancer", 2016, §3.4: each member prefers the slots in an order of its own, and they
 * take turns to take the best that is left. By weight as Envoy does (`maglev_lb.cc`): the heaviest has a turn in every
 * round, one of a third of its weight in every third.
 */
export function maglevTable(members: readonly Member[], size: number): Uint32Array {
  const heaviest = members.reduce((most, { weight }) => Math.max(most, weight), 0)
  const rounds = new Map<number, Turn[]>()
  const enter = (turn: Turn): void => {
    const round = Math.ceil(turn.due)
    const others = rounds.get(round)
    if (others === undefined) rounds.set(round, [turn])
    else others.push(turn)
  }
  for (const [place, { owner, weight, seeds }] of members.entries()) {
    const every = heaviest / weight
    enter({ place, owner, every, due: every, slot: seeds[0] % size, skip: (seeds[1] % (size - 1)) + 1 })
  }
  const table = new Uint32Array(size).fill(FREE)
  let free = size
  for (let round = 1; ; round++) {
    for (const turn of rounds.get(round)?.sort(inOrder) ?? []) {
      while (table[turn.slot] !== FREE) turn.slot = (turn.slot + turn.skip) % size
      table[turn.slot] = turn.owner
      if (--free === 0) return table
      turn.due += turn.every
      enter(turn)
    }
    rounds.delete(round)
  }
}

interface Turn {
  readonly place: number
  readonly owner: number
  /** Rounds from one turn to the next. */
  readonly every: number
  due: number
  slot: number
  readonly skip: number
}

const inOrder = (a: Turn, b: Turn): number => a.place - b.place
const FREE = 0xffffffff
