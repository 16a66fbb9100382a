import { failfast, roundRobin } from '@kumquat/cluster'
import { over } from './whole-stack.mjs'

// The same stack with every protection and every metric of the consumer off.

export { serve } from './whole-stack.mjs'
export const connect = over('stream', () => ({
  health: false,
  warmUp: false,
  balance: roundRobin(),
  strategy: failfast(),
}))
