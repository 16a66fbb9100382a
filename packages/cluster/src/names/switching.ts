import type { Live } from '@kumquat/core'
import type { Balancer } from '../balancer.ts'

/** Picks with the balancer of the moment. Calls that are under way stay where they are. */
export function switching(live: Live<Balancer>): Balancer {
  return (peers, invocation) => live.current(peers, invocation)
}
