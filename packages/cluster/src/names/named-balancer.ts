import type { Balancer } from '../balancer.ts'
import { consistentHash } from '../balancers/consistent-hash.ts'
import { ketama } from '../balancers/ketama.ts'
import { leastLoaded } from '../balancers/least-loaded.ts'
import { maglev } from '../balancers/maglev.ts'
import { p2c } from '../balancers/p2c.ts'
import { random } from '../balancers/random.ts'
import { rendezvous } from '../balancers/rendezvous.ts'
import { roundRobin } from '../balancers/round-robin.ts'
import { shortestResponse } from '../balancers/shortest-response.ts'
import { weightedRoundRobin } from '../balancers/weighted-round-robin.ts'

/** Makers of balancers by the name that configuration knows them by. */
export type Balancers = Readonly<Record<string, () => Balancer>>

/** Those of this package, each with its defaults. To have more, spread it: `{ ...BALANCERS, mine: () => mine({ … }) }`. */
export const BALANCERS: Balancers = Object.freeze({
  'round-robin': () => roundRobin(),
  'weighted-round-robin': () => weightedRoundRobin(),
  random: () => random(),
  'least-loaded': () => leastLoaded(),
  p2c: () => p2c(),
  'shortest-response': () => shortestResponse(),
  'consistent-hash': () => consistentHash(),
  ketama: () => ketama(),
  rendezvous: () => rendezvous(),
  maglev: () => maglev(),
})

/** A fresh balancer of that name. Throws `TypeError` with the known names if there is none. */
export function namedBalancer(name: string, known: Balancers = BALANCERS): Balancer {
  const make = Object.hasOwn(known, name) ? known[name] : undefined
  if (make !== undefined) return make()
  throw new TypeError(`unknown balancer ${JSON.stringify(name)}: take one of ${Object.keys(known).join(', ')}`)
}
