import { BALANCERS, type Balancer, consistentHash, ketama } from '@kumquat/cluster'
import HashRing from 'hashring'
import { type Contender, type Figure, measure } from './measure.ts'
import { callsOf, peersOf, recordsOf } from './peers.ts'

const CONTENDERS: Readonly<Record<string, () => Balancer>> = {
  ...BALANCERS,
  'consistent-hash, bounded': () => consistentHash({ bound: true }),
  'ketama, bounded': () => ketama({ bound: true }),
}

/** More than hashring remembers. */
const USERS = 16_384
/** So few that it remembers them all. */
const REGULARS = 1_024

/** What a pick costs, for all balancers and npm hashring, over a set of so many peers. */
export async function picks(size: number, rounds: number): Promise<readonly Figure[]> {
  const calls = callsOf(USERS)
  const weights = Object.fromEntries(recordsOf(size).map(({ id, weight }) => [id, { weight }]))
  const look = (name: string, users: number): Contender => {
    const ring = new HashRing(weights)
    let next = 0
    return {
      name,
      run(times) {
        for (let i = 0; i < times; i++) ring.get(calls[next++ & (users - 1)]!.args[0] as string)
      },
    }
  }
  const pick = ([name, make]: readonly [string, () => Balancer]): Contender => {
    // Peers of its own, which keep no loads for others.
    const peers = peersOf(size).current
    const balance = make()
    let next = 0
    const run = (times: number): void => {
      for (let i = 0; i < times; i++) balance(peers, calls[next++ & (USERS - 1)]!)
    }
    // Everybody has been looked at once, and the table is made.
    run(10 * size)
    return { name, run }
  }
  const contenders = [
    look('npm hashring', USERS),
    look('npm hashring, from its cache', REGULARS),
    ...Object.entries(CONTENDERS).map(pick),
  ]
  return measure(contenders, rounds)
}
