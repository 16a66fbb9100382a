import { type Clock, type Rng, systemClock, systemRng } from '@kumquat/core'
import type { Peer, Peers } from '../peer.ts'
import type { Router } from '../router.ts'
import { keep } from '../sets/keep.ts'
import { perSet } from '../sets/per-set.ts'
import { type Share, shares } from '../sets/shares.ts'

export interface ZoneOptions {
  /** The zone that this process is in, as records name it. */
  readonly local: string
  /** Share of all calls that comes from the local zone, above 0, up to 1. Default: 1 / number of zones with peers. */
  readonly demand?: number
  /** With less than this share of its weight open the local zone is not trusted, and everyone is asked. 0 to 100, default 50. */
  readonly panicPercent?: number
  /** How often to look at who is open, in ms, above 0. Default 1 000. */
  readonly refreshMs?: number
  readonly clock?: Clock
  readonly rng?: Rng
}

/**
 * Keeps calls in their own zone, for as long as it has its share of what is open; what is too much for it goes to the
 * other zones, in proportion to what they have to spare. Envoy's zone aware routing
 * (source/extensions/load_balancing_policies/common/load_balancer_impl.cc, regenerateLocalityRoutingStructures).
 */
export function zone(options: ZoneOptions): Router {
  const { local, demand, panicPercent = 50, refreshMs = 1_000, clock = systemClock, rng = systemRng } = options
  if (typeof local !== 'string' || local === '')
    throw new TypeError(`local must name a zone, got ${JSON.stringify(local)}`)
  if (demand !== undefined && !(demand > 0 && demand <= 1)) {
    throw new RangeError(`demand must be above 0 and at most 1, got ${demand}`)
  }
  if (!(panicPercent >= 0 && panicPercent <= 100)) {
    throw new RangeError(`panicPercent must be from 0 to 100, got ${panicPercent}`)
  }
  if (!(refreshMs > 0)) throw new RangeError(`refreshMs must be above 0, got ${refreshMs}`)

  const plans = perSet((peers: Peers) => {
    const zones = zonesOf(peers)
    let draw = (): Peers => peers
    let lookAt = Number.NEGATIVE_INFINITY
    return () => {
      const now = clock.now()
      if (now >= lookAt) {
        lookAt = now + refreshMs
        const plan = planFor(zones, { local, demand: demand ?? 1 / zones.size, panicPercent })
        draw = plan === undefined ? () => peers : shares(plan, rng)
      }
      return draw()
    }
  })
  const route: Router = (peers) => plans(peers)()
  return Object.assign(route, {
    asks: () => `in zone ${JSON.stringify(local)}, or where it spills over to`,
    why: ({ record }: Peer) =>
      record.zone === local ? 'the call spilled over to another zone' : `its zone is ${JSON.stringify(record.zone)}`,
  })
}

type Zones = ReadonlyMap<string, Peers>

/** Those with weight by zone; where all are of one zone the very same array. */
function zonesOf(peers: Peers): Zones {
  const able = peers.filter(({ record }) => record.weight > 0)
  const names = new Set(able.map(({ record }) => record.zone))
  return new Map([...names].map((name) => [name, keep(peers, ({ record }) => record.zone === name)]))
}

/** Which zones get which shares of the calls; undefined = everyone, by weight. */
function planFor(
  zones: Zones,
  { local, demand, panicPercent }: { local: string; demand: number; panicPercent: number },
): readonly Share<Peers>[] | undefined {
  const home = zones.get(local)
  if (home === undefined) return undefined
  const open = new Map(
    [...zones].map(([name, peers]) => [name, weightOf(peers.filter(({ status }) => status === 'open'))]),
  )
  const atHome = open.get(local)!
  if (atHome === 0 || atHome * 100 < weightOf(home) * panicPercent) return undefined
  const total = [...open.values()].reduce((sum, weight) => sum + weight)
  const capacity = atHome / total
  if (capacity >= demand) return [{ of: home, weight: 1 }]
  // What the others have above the calls of their own zones, which are taken to be even.
  const ownDemand = (1 - demand) / (zones.size - 1)
  const spare = [...zones]
    .filter(([name]) => name !== local)
    .map(([name, of]): Share<Peers> => ({ of, weight: Math.max(0, open.get(name)! / total - ownDemand) }))
  const allSpare = spare.reduce((sum, { weight }) => sum + weight, 0)
  const abroad = 1 - capacity / demand
  return [
    { of: home, weight: 1 - abroad },
    ...spare.map(({ of, weight }) => ({ of, weight: (abroad * weight) / allSpare })),
  ].filter(({ weight }) => weight > 0)
}

const weightOf = (peers: Peers): number => peers.reduce((sum, { record }) => sum + record.weight, 0)
